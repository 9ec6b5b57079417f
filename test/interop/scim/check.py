"""Runs scim2-tester against the server of argv[1] with the token of argv[2]; prints a line of JSON for each check."""

import json
import sys

from httpx2 import Client
from scim2_client.engines.httpx2 import SyncSCIMClient
from scim2_tester import check_server

http = Client(base_url=sys.argv[1], headers={"Authorization": f"Bearer {sys.argv[2]}"}, timeout=60)
for result in check_server(SyncSCIMClient(http)):
    line = {
        "check": result.title,
        "status": result.status.name,
        "resource": result.resource_type,
        "reason": result.reason,
    }
    print(json.dumps(line, default=str))
