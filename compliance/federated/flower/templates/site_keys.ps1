# Makes this site's key and shows its fingerprint. Send node.key.pub to the server, and tell it the
# fingerprint by another channel; node.key never leaves this folder.
# PRIVACY_DESK_ENVIRONMENT: Flower's Python environment; left out: .\environment
$ErrorActionPreference = "Stop"
Set-Location $PSScriptRoot
if (Test-Path node.key) { throw "There is a key already: node.key. Its public half is node.key.pub." }
$environment = $env:PRIVACY_DESK_ENVIRONMENT
if (-not $environment) { $environment = "$PSScriptRoot\environment" }
$env:PYTHONPATH = "$PSScriptRoot\code.zip"
$env:PYTHONNOUSERSITE = "1"
& "$environment\Scripts\python.exe" -P -m compliance.federated.flower.keys
exit $LASTEXITCODE
