-- For wrk: each request is a batch of 100 replies out of a list, none twice in a row.
-- wrk -t1 -c8 -d10 --latency -s tests/tools/load/batch.lua http://127.0.0.1:8025/v1/classify

local replies = {
    '{"text":"550 5.1.1 <ann%d@example.com>: Recipient address rejected: User unknown","recipient":"ann%d@example.com","host":"mx1.example.com"}',
    '{"text":"452 4.2.2 The email account that you tried to reach is over quota","recipient":"ben%d@gmail.example","host":"gmail-smtp-in.l.google.com","message":"%dA"}',
    '{"text":"421 4.7.0 [TSS04] Messages from 192.0.2.%d temporarily deferred due to user complaints","host":"mta5.am0.yahoodns.net","message":"%dB"}',
    '{"text":"250 2.0.0 OK queued as %d","recipient":"cat%d@example.org"}',
    '{"text":"554 5.7.1 Service unavailable; Client host [192.0.2.%d] blocked using zen.spamhaus.org","host":"mx.example.net","message":"%dC"}',
    '{"text":"450 4.2.0 <dan%d@example.com>: Greylisted, see http://postgrey.example/%d","host":"mx2.example.com"}',
    '{"text":"550 5.4.1 Recipient address rejected: Access denied. [%d.eurprd01.prod.outlook.com]","host":"example-com.mail.protection.outlook.com","message":"%dD"}',
    '{"text":"552 5.2.2 Mailbox full %d","recipient":"eve%d@example.com","phase":"rcpt"}',
}

local bodies = {}
for n = 1, 64 do
    local batch = {}
    for k = 1, 100 do
        local number = n * 1000 + k
        batch[k] = string.format(replies[(n * 7 + k) % #replies + 1], number % 256, number)
    end
    bodies[n] = "[" .. table.concat(batch, ",") .. "]"
end

local next = 0
request = function()
    next = next % #bodies + 1
    return wrk.format("POST", nil, { ["Content-Type"] = "application/json" }, bodies[next])
end

done = function(summary, latency)
    local seconds = summary.duration / 1e6
    local errors = summary.errors
    io.write(string.format(
        "%.0f verdicts a second, p50 %.2f ms, p99 %.2f ms, %d requests, failed: %d\n",
        summary.requests * 100 / seconds, latency:percentile(50) / 1e3, latency:percentile(99) / 1e3, summary.requests,
        errors.connect + errors.read + errors.write + errors.status + errors.timeout))
end
