Get-Command node, npm, git, wsl -ErrorAction SilentlyContinue | ForEach-Object { "$($_.Name): found" }
[Environment]::OSVersion.VersionString; "$([math]::Floor((Get-Location).Drive.Free / 1GB)) GB free"
wsl --status
Get-NetTCPConnection -LocalPort 3000, 5050 -State Listen -ErrorAction SilentlyContinue | ForEach-Object { "port $($_.LocalPort): taken" }
"proxy set: $($env:HTTP_PROXY.Length + $env:HTTPS_PROXY.Length -gt 0)"
