# Installs what is missing to build and run Graft on Debian or Ubuntu. Sourced by other scripts.

# Runs a command as root: directly where we are root, through sudo elsewhere.
as_root() {
  if [ "$(id -u)" = 0 ]; then
    "$@"
  else
    sudo "$@"
  fi
}

# The packages among the arguments that are not installed.
missing_packages() {
  local package
  for package in "$@"; do
    dpkg-query -W -f '${Status}' "$package" 2>/dev/null | grep -q 'install ok installed' ||
      echo "$package"
  done
}

# Installs the packages among the arguments that are missing, and says which.
install_packages() {
  local missing
  missing=$(missing_packages "$@" | tr '\n' ' ')
  [ -z "${missing// /}" ] && return 0
  echo "Installing system packages: $missing"
  as_root apt-get update -qq
  # shellcheck disable=SC2086
  as_root env DEBIAN_FRONTEND=noninteractive apt-get install -y -qq --no-install-recommends \
    $missing >/dev/null
}

# Everything that building and running Graft takes besides Swift itself.
install_graft_dependencies() {
  if ! command -v swift >/dev/null; then
    echo "Swift 6.1 or later is needed; see https://www.swift.org/install" >&2
    exit 1
  fi
  install_packages pkg-config ocl-icd-opencl-dev opencl-headers libclblast-dev libopenblas-dev \
    libjpeg-dev libpng-dev libwebp-dev libtiff-dev libgif-dev libheif1 zlib1g-dev
  # Newer systems have the decoders of libheif in packages of their own.
  local plugin
  for plugin in libheif-plugin-libde265 libheif-plugin-dav1d; do
    if apt-cache show "$plugin" >/dev/null 2>&1; then install_packages "$plugin"; fi
  done
  # A machine without any OpenCL driver gets one that runs on the CPU.
  if ! ls /etc/OpenCL/vendors/*.icd >/dev/null 2>&1; then
    install_packages pocl-opencl-icd
  fi
}
