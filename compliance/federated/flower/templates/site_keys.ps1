# Makes this site's key. Send node.key.pub to the server; node.key never leaves this folder.
$ErrorActionPreference = "Stop"
Set-Location $PSScriptRoot
if (Test-Path node.key) { throw "There is a key already: node.key. Its public half is node.key.pub." }
ssh-keygen -q -t ecdsa -b 384 -N '""' -C "@FOLDER@" -f node.key
if ($LASTEXITCODE) { exit $LASTEXITCODE }
ssh-keygen -l -f node.key.pub
