"""What schemathesis does not know by itself: a mail is sent as it is."""

import schemathesis

schemathesis.serializer.alias("message/rfc822", "application/octet-stream")
