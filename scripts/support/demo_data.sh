# Fetches the photos that the demo trains with, through apt. Sourced by others.

graft_cache="${XDG_CACHE_HOME:-$HOME/.cache}/graft"

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
