# Starts the server of the federation. Stop it with Ctrl-C.
# PRIVACY_DESK_ENVIRONMENT: Flower's Python environment; left out: .\environment
$ErrorActionPreference = "Stop"
Set-Location $PSScriptRoot
$environment = $env:PRIVACY_DESK_ENVIRONMENT
if (-not $environment) { $environment = "$PSScriptRoot\environment" }
$env:PATH = "$environment\Scripts;$env:PATH"
$env:PYTHONPATH = "$PSScriptRoot\code.zip"
$env:PYTHONNOUSERSITE = "1"
$env:FLWR_HOME = "$PSScriptRoot\flower"
$env:FLWR_TELEMETRY_ENABLED = "0"
$env:FLWR_DISABLE_UPDATE_CHECK = "1"
$env:NO_PROXY = "127.0.0.1,localhost,$env:NO_PROXY"
$env:PRIVACY_DESK_DOOR = "$PSScriptRoot\door.json"
python -P -m compliance.federated.flower.superlink `
  --host "@BIND@" --port "@PORT@" --database state.db `
  --ssl-ca-certfile ca.pem --ssl-certfile server.pem --ssl-keyfile server.key `
  --enable-supernode-auth --disable-runtime-dependency-installation
exit $LASTEXITCODE
