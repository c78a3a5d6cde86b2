'node', 'npm', 'git', 'wsl' | ForEach-Object { "$($_): $([bool](Get-Command $_ -ErrorAction SilentlyContinue))" }
[Environment]::OSVersion.VersionString; "$([math]::Floor((Get-Location).Drive.Free / 1GB)) GB free"
wsl --status
3000, 5050 | ForEach-Object { "port $($_): $((Get-NetTCPConnection -LocalPort $_ -State Listen -ErrorAction SilentlyContinue) -ne $null)" }
"proxy: $([bool]($env:HTTP_PROXY + $env:HTTPS_PROXY))"
