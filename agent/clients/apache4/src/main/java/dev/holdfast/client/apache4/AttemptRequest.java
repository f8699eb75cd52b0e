package dev.holdfast.client.apache4;

import java.net.URI;
import java.net.URISyntaxException;
import org.apache.http.Header;
import org.apache.http.HttpEntity;
import org.apache.http.HttpEntityEnclosingRequest;
import org.apache.http.HttpRequest;
import org.apache.http.ProtocolVersion;
import org.apache.http.RequestLine;
import org.apache.http.client.methods.HttpEntityEnclosingRequestBase;
import org.apache.http.client.methods.HttpRequestBase;
import org.apache.http.client.methods.HttpUriRequest;
import org.apache.http.client.utils.URIUtils;
import org.jspecify.annotations.Nullable;

/**
 * The request of one attempt that can be aborted without the others: to abort the program's own ends the whole call.
 * Made only for an attempt whose time is limited, or beside which another one may be sent; all others send the
 * program's own request.
 */
final class AttemptRequest extends HttpRequestBase {
    private final String method;
    private final ProtocolVersion version;
    /** The request line of a request without a URI; null: it has one. */
    private final @Nullable RequestLine line;

    private AttemptRequest(String method, ProtocolVersion version, @Nullable RequestLine line) {
        this.method = method;
        this.version = version;
        this.line = line;
    }

    /**
     * A request that says the same.
     *
     * @param entity in place of its own; null: none
     * @return without a URI where its request line has none
     */
    static HttpRequestBase like(HttpRequest request, @Nullable HttpEntity entity) {
        URI uri = uri(request);
        RequestLine line = uri == null ? request.getRequestLine() : null;
        HttpRequestBase copy =
                of(Requests.method(request), uri, line, request.getProtocolVersion(), request.getAllHeaders());
        if (request instanceof HttpEntityEnclosingRequest) {
            copy = withEntity(copy, line, entity);
        }
        OptionalParts.copySettings(request, copy);
        return copy;
    }

    /** A request to another place, which can have a body if an entity is given. */
    static HttpRequestBase of(
            String method, URI uri, ProtocolVersion version, Header[] headers, @Nullable HttpEntity entity) {
        HttpRequestBase request = of(method, uri, null, version, headers);
        return entity == null ? request : withEntity(request, null, entity);
    }

    private static HttpRequestBase of(
            String method, @Nullable URI uri, @Nullable RequestLine line, ProtocolVersion version, Header[] headers) {
        AttemptRequest request = new AttemptRequest(method, version, line);
        request.setURI(uri);
        request.setHeaders(headers);
        return request;
    }

    private static HttpRequestBase withEntity(
            HttpRequestBase like, @Nullable RequestLine line, @Nullable HttpEntity entity) {
        WithEntity request = new WithEntity(like.getMethod(), like.getProtocolVersion(), line);
        request.setURI(like.getURI());
        request.setHeaders(like.getAllHeaders());
        request.setEntity(entity);
        return request;
    }

    /** Returns whether the library sends a request of a URI with the same line as one of that line. */
    static boolean keepsLine(HttpRequestBase own, HttpRequest request) {
        URI uri = own.getURI();
        try {
            String line = request.getRequestLine().getUri();
            return uri != null
                    && !uri.isAbsolute()
                    && uri.toASCIIString().equals(line)
                    && uri.getRawFragment() == null
                    && uri.getRawPath() != null
                    && uri.getRawPath().startsWith("/")
                    && uri.normalize().toASCIIString().equals(line)
                    && URIUtils.rewriteURI(uri, null).toASCIIString().equals(line);
        } catch (URISyntaxException e) {
            return false;
        }
    }

    private static @Nullable URI uri(HttpRequest request) {
        if (request instanceof HttpUriRequest own) {
            return own.getURI();
        }
        try {
            return new URI(request.getRequestLine().getUri());
        } catch (URISyntaxException e) {
            return null;
        }
    }

    @Override
    public RequestLine getRequestLine() {
        return line == null ? super.getRequestLine() : line;
    }

    @Override
    public String getMethod() {
        return method;
    }

    @Override
    public ProtocolVersion getProtocolVersion() {
        return version;
    }

    /** One that can have a body: the client sends requests again by whether they can. */
    private static final class WithEntity extends HttpEntityEnclosingRequestBase {
        private final String method;
        private final ProtocolVersion version;
        private final @Nullable RequestLine line;

        private WithEntity(String method, ProtocolVersion version, @Nullable RequestLine line) {
            this.method = method;
            this.version = version;
            this.line = line;
        }

        @Override
        public RequestLine getRequestLine() {
            return line == null ? super.getRequestLine() : line;
        }

        @Override
        public String getMethod() {
            return method;
        }

        @Override
        public ProtocolVersion getProtocolVersion() {
            return version;
        }
    }
}
