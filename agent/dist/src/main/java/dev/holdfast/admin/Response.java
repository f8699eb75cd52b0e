package dev.holdfast.admin;

import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.time.ZoneOffset;
import java.time.format.DateTimeFormatter;

/**
 * The response to a request. Every answer forbids a browser whatever it does not need: to keep it, to guess what it is,
 * to show it in a frame, to hand it to another site, to load anything.
 *
 * @param status the status
 * @param type the media type; empty for an answer without a body
 * @param policy the Content-Security-Policy
 * @param encoding the content coding of the body; empty for none
 * @param body the body; not changed once it is here
 */
@SuppressWarnings("ArrayRecordComponent") // nobody compares two of them, and a copy of some megabytes is no help
record Response(int status, String type, String policy, String encoding, byte[] body) {
    /** The policy of every response that is no page. */
    private static final String NOTHING = "default-src 'none'; frame-ancestors 'none'";

    private static final String ALWAYS = """
            Cache-Control: no-store\r
            X-Content-Type-Options: nosniff\r
            X-Frame-Options: DENY\r
            Referrer-Policy: no-referrer\r
            Cross-Origin-Opener-Policy: same-origin\r
            Cross-Origin-Resource-Policy: same-origin\r
            """;

    /** An answer that says nothing but its status. */
    static Response empty(int status) {
        return new Response(status, "", NOTHING, "", new byte[0]);
    }

    /** An answer that is no page. */
    static Response of(String type, byte[] body) {
        return new Response(200, type, NOTHING, "", body);
    }

    /** A page, with a policy of its own. */
    static Response page(String type, String policy, byte[] body) {
        return new Response(200, type, policy, "", body);
    }

    /** This answer with its body in a content coding. */
    Response encoded(String coding, byte[] encoded) {
        return new Response(status, type, policy, coding, encoded);
    }

    /** The bytes before the body. */
    byte[] head(boolean keepAlive, Instant now) {
        StringBuilder head = new StringBuilder(512);
        head.append("HTTP/1.1 ").append(status).append(' ').append(reason()).append("\r\n");
        head.append("Date: ")
                .append(DateTimeFormatter.RFC_1123_DATE_TIME.format(now.atOffset(ZoneOffset.UTC)))
                .append("\r\n");
        head.append("Content-Length: ").append(body.length).append("\r\n");
        if (!type.isEmpty()) {
            head.append("Content-Type: ").append(type).append("\r\n");
            head.append("Vary: Accept, Accept-Encoding\r\n");
        }
        if (!encoding.isEmpty()) {
            head.append("Content-Encoding: ").append(encoding).append("\r\n");
        }
        if (status == 405) {
            head.append("Allow: GET, HEAD\r\n");
        }
        head.append("Content-Security-Policy: ").append(policy).append("\r\n");
        head.append(ALWAYS);
        head.append("Connection: ").append(keepAlive ? "keep-alive" : "close").append("\r\n\r\n");
        return head.toString().getBytes(StandardCharsets.ISO_8859_1);
    }

    private String reason() {
        return switch (status) {
            case 200 -> "OK";
            case 400 -> "Bad Request";
            case 403 -> "Forbidden";
            case 404 -> "Not Found";
            case 405 -> "Method Not Allowed";
            case 413 -> "Content Too Large";
            case 421 -> "Misdirected Request";
            case 431 -> "Request Header Fields Too Large";
            case 505 -> "HTTP Version Not Supported";
            default -> "Internal Server Error";
        };
    }
}
