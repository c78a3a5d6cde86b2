#!/bin/sh
# Reads secrets in the forms that CI providers use. For other scripts: . scripts/secret.sh

# secret NAME: sets NAME; to an empty text if it is not set. In Azure Pipelines, a variable that is not set has the text $(NAME).
# In GitLab, a variable of the type File has the path of a file with the value.
secret() {
  eval "value=\${$1-}"
  case $value in
    "\$($1)") value= ;;
    /*/"$1") [ ! -f "$value" ] || value=$(cat "$value") ;;
  esac
  eval "$1=\$value"
}

# pem NAME: sets NAME to the text of a key, given with line breaks, \n, \r\n or spaces between its lines, or in base64.
pem() {
  eval "value=\$$1"
  case $value in
    *-----BEGIN*) ;;
    *) value=$(printf %s "$value" | tr -d '[:space:]' | base64 -d 2>/dev/null || true) ;;
  esac
  value=$(printf %s "$value" | tr '\r\n' '  ' | sed 's/\\r//g; s/\\n/ /g')
  label=$(printf %s "$value" | sed -n 's/.*-----BEGIN \([A-Z ]*\)-----.*-----END \1-----.*/\1/p')
  if [ -z "$label" ]; then
    echo "Error: $1 is not a key: it needs the text from -----BEGIN to the end of the line -----END, or that text in base64." >&2
    exit 1
  fi
  body=$(printf %s "$value" | sed 's/.*-----BEGIN [A-Z ]*-----\(.*\)-----END .*/\1/' | tr -d ' ')
  value=$(printf -- '-----BEGIN %s-----\n%s\n-----END %s-----' "$label" "$body" "$label")
  eval "$1=\$value"
}
