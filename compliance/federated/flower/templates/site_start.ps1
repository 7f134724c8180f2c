# Lets this site take part in the federation. Stop it with Ctrl-C.
# PRIVACY_DESK_ENVIRONMENT: Flower's Python environment; left out: .\environment
# PRIVACY_DESK_NODE_PORT: a free port of this machine; left out: 9094
$ErrorActionPreference = "Stop"
Set-Location $PSScriptRoot
$environment = $env:PRIVACY_DESK_ENVIRONMENT
if (-not $environment) { $environment = "$PSScriptRoot\environment" }
$port = $env:PRIVACY_DESK_NODE_PORT
if (-not $port) { $port = "9094" }
$env:PATH = "$environment\Scripts;$env:PATH"
$env:PYTHONPATH = "$PSScriptRoot\code.zip"
$env:PYTHONNOUSERSITE = "1"
$env:FLWR_HOME = "$PSScriptRoot\flower"
$env:FLWR_TELEMETRY_ENABLED = "0"
$env:FLWR_DISABLE_UPDATE_CHECK = "1"
$env:NO_PROXY = "127.0.0.1,localhost,$env:NO_PROXY"
python -P -m compliance.federated.flower.supernode $port `
  --superlink "@ADDRESS@" --root-certificates ca.pem --auth-supernode-private-key node.key
exit $LASTEXITCODE
