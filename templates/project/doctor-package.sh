# package NAME: the command that installs it on this system.
package() {
  for manager in brew apt-get dnf pacman apk zypper ''; do
    command -v "$manager" >/dev/null 2>&1 && break
  done
  case $manager in
    '') echo "install $1 with the package manager of this system" ;;
    brew) echo "brew install $1" ;;
    pacman) echo "sudo pacman -S $1" ;;
    apk) echo "sudo apk add $1" ;;
    *) echo "sudo $manager install $1" ;;
  esac
}
