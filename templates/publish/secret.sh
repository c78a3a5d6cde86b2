#!/bin/sh
# Takes secrets in the forms in which CI providers hand them over. Read by other scripts: . scripts/secret.sh

# secret NAME: sets NAME, or empties it where it is not set. What is not set in Azure Pipelines arrives as the text $(NAME), and
# a variable of GitLab of the type File as the path of a file that has the value.
secret() {
  eval "value=\${$1-}"
  case $value in
    "\$($1)") value= ;;
    /*/"$1") [ ! -f "$value" ] || value=$(cat "$value") ;;
  esac
  eval "$1=\$value"
}

# pem NAME: the text of a key, whatever a form or a shell has made of its lines: \n, \r\n or spaces between them, or base64.
pem() {
  eval "value=\$$1"
  case $value in
    *-----BEGIN*) ;;
    *) value=$(printf %s "$value" | tr -d '[:space:]' | base64 --decode 2>/dev/null || true) ;;
  esac
  value=$(printf %s "$value" | tr '\r\n' '  ' | sed 's/\\r//g; s/\\n/ /g')
  label=$(printf %s "$value" | sed -n 's/.*-----BEGIN \([A-Z ]*\)-----.*-----END \1-----.*/\1/p')
  if [ -z "$label" ]; then
    echo "Error: $1 is no key: it needs the text from -----BEGIN to the end of the line -----END, or that text in base64." >&2
    exit 1
  fi
  body=$(printf %s "$value" | sed 's/.*-----BEGIN [A-Z ]*-----\(.*\)-----END .*/\1/' | tr -d ' ')
  value=$(printf -- '-----BEGIN %s-----\n%s\n-----END %s-----' "$label" "$body" "$label")
  eval "$1=\$value"
}
