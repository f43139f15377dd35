-- /etc/haproxy/doorward.lua: asks Doorward about each request.

local doorward = "http://127.0.0.1:3000/auth/forward?mode=redirect"
local copied = { "remote-id", "remote-user", "remote-email", "remote-email-verified", "remote-name", "remote-groups" }
-- Of the browser's, what Doorward looks at. The rest is none of its business.
local passed = { "cookie", "user-agent", "accept", "sec-fetch-mode", "x-requested-with", "x-forwarded-for" }

local function ask(txn)
  local request = txn.http:req_get_headers()
  local headers = {
    ["host"] = { "127.0.0.1" },
    ["x-forwarded-method"] = { txn.f:method() },
    ["x-forwarded-proto"] = { "https" },
    ["x-forwarded-host"] = { txn.f:req_fhdr("host") },
    ["x-forwarded-uri"] = { txn.f:pathq() },
  }
  for _, name in ipairs(passed) do
    if request[name] then
      headers[name] = {}
      for at = 0, #request[name] do
        table.insert(headers[name], request[name][at])
      end
    end
  end
  return core.httpclient():get({ url = doorward, headers = headers, timeout = 5000 })
end

core.register_action("doorward", { "http-req" }, function(txn)
  local asked, answer = pcall(ask, txn)
  if not asked or not answer or not answer.status or answer.status == 0 then
    txn:done(txn:reply({ status = 503 }))
    return
  end
  if answer.status == 200 then
    for _, name in ipairs(copied) do
      txn.http:req_set_header(name, answer.headers[name] and answer.headers[name][0] or "")
    end
    return
  end
  local reply = txn:reply({ status = answer.status, body = answer.body })
  for name, values in pairs(answer.headers) do
    if name ~= "content-length" and name ~= "transfer-encoding" and name ~= "connection" then
      for at = 0, #values do
        reply:add_header(name, values[at])
      end
    end
  end
  txn:done(reply)
end, 0)
