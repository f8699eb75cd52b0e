package dev.holdfast.client.urlconnection;

import dev.holdfast.fallback.AlternateOrigin;
import dev.holdfast.fallback.FallbackCandidate;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.net.HttpURLConnection;
import java.net.URL;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * An answer of a fallback strategy, as a {@link SyntheticConnection} shows it.
 *
 * @param status its status
 * @param message what stands behind that in the status line
 * @param headers its headers, marks included
 * @param body its body
 * @param url where it comes from
 * @param source the connection to another origin that it comes from, null: none
 */
record SyntheticResponse(
        int status,
        String message,
        Map<String, List<String>> headers,
        InputStream body,
        URL url,
        @Nullable HttpURLConnection source) {

    /** One that is at hand. */
    static SyntheticResponse of(FallbackCandidate.Response response, URL url) {
        return new SyntheticResponse(
                response.status(),
                reason(response.status()),
                response.headers(),
                new ByteArrayInputStream(response.body().bytes()),
                url,
                null);
    }

    /** One that came from another origin. */
    static SyntheticResponse of(HttpURLConnection source, ConnectionHead head, InputStream body) throws IOException {
        String message = head.message();
        return new SyntheticResponse(
                head.status(),
                message == null ? "" : message,
                AlternateOrigin.marked(head.headers()),
                body,
                source.getURL(),
                source);
    }

    /** One that refused the request's body, of which no more than the head is known. */
    static SyntheticResponse ofRefusal(ConnectionHead head, URL url) {
        int status = head.status();
        return new SyntheticResponse(
                status, reason(status), head.notedHeaders(), InputStream.nullInputStream(), url, null);
    }

    private static String reason(int status) {
        return switch (status) {
            case 200 -> "OK";
            case 201 -> "Created";
            case 202 -> "Accepted";
            case 203 -> "Non-Authoritative Information";
            case 204 -> "No Content";
            case 404 -> "Not Found";
            case 410 -> "Gone";
            case 429 -> "Too Many Requests";
            case 500 -> "Internal Server Error";
            case 502 -> "Bad Gateway";
            case 503 -> "Service Unavailable";
            case 504 -> "Gateway Timeout";
            default -> "";
        };
    }
}
