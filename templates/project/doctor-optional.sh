# optional COMMAND WHAT_IT_IS_FOR HOW_TO_GET_IT
optional() {
  [ "$wanted" ] || command -v "$1" >/dev/null 2>&1 || echo "optional $1: $2; $3"
}
