/** How an application makes a stream that is pushed to it: a token, and a request by it. */
export function streamSnippet(issuer: string, clientId: string): string {
  return `TOKEN=$(curl -s -u "${clientId}:$SALLYPORT_CLIENT_SECRET" \\
  ${issuer}/oauth2/token \\
  -d grant_type=client_credentials -d scope=ssf.manage | jq -r .access_token)

curl ${issuer}/ssf/streams \\
  -H "Authorization: Bearer $TOKEN" -H 'Content-Type: application/json' -d '{
  "events_requested": [
    "https://schemas.openid.net/secevent/caep/event-type/session-revoked",
    "https://schemas.openid.net/secevent/caep/event-type/token-claims-change"
  ],
  "delivery": {
    "method": "urn:ietf:rfc:8935",
    "endpoint_url": "https://app.example.com/events"
  }
}'
`;
}
