package dev.holdfast.client.apache4;

import java.net.URI;
import org.apache.http.HttpRequest;
import org.apache.http.client.methods.HttpUriRequest;
import org.jspecify.annotations.Nullable;

/** Reads requests, those that the program has made of the URI and those that it has made of a request line. */
final class Requests {
    private Requests() {}

    /** The method. */
    static String method(HttpRequest request) {
        return request instanceof HttpUriRequest own
                ? own.getMethod()
                : request.getRequestLine().getMethod();
    }

    /** The path without its query; null: there is none. */
    static @Nullable String path(HttpRequest request) {
        String target = target(request);
        int query = target.indexOf('?');
        return query < 0 ? target : target.substring(0, query);
    }

    /** Path and query as they are sent to an origin, beginning with a slash. */
    static String target(HttpRequest request) {
        if (request instanceof HttpUriRequest own) {
            URI uri = own.getURI();
            String path = uri == null ? null : uri.getRawPath();
            String query = uri == null ? null : uri.getRawQuery();
            String sent = path == null || path.isEmpty() ? "/" : path;
            return query == null ? sent : sent + '?' + query;
        }
        String line = request.getRequestLine().getUri();
        int scheme = line.indexOf("://");
        if (scheme < 0 || line.startsWith("/")) {
            return line.startsWith("/") ? line : '/' + line;
        }
        int path = line.indexOf('/', scheme + 3);
        return path < 0 ? "/" : line.substring(path);
    }
}
