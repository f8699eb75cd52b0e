package com.example.shop;

import java.nio.charset.StandardCharsets;

/** The answers of {@link FlakyService} as bytes. */
final class WireResponse {
    private WireResponse() {}

    /**
     * Returns the response of a word of the script: {@code ok}, or a status. The body of {@code ok} repeats the
     * checksum of the body that came in, so that a client can tell that all of it arrived. A 429 asks for a second of
     * patience.
     */
    static byte[] of(String action, WireRequest request) {
        boolean ok = action.equals("ok");
        String status = ok ? "200 OK" : action + " Failed";
        String body = ok ? "received " + request.checksum() + "\nthank you\n" : "no luck: " + action + "\n";
        String head = "HTTP/1.1 " + status + "\r\n"
                + "Content-Type: text/plain\r\n"
                + (action.equals("429") ? "Retry-After: 1\r\n" : "")
                + "Content-Length: " + body.length() + "\r\n\r\n";
        boolean bodiless = request.method().equals("HEAD");
        return (bodiless ? head : head + body).getBytes(StandardCharsets.US_ASCII);
    }
}
