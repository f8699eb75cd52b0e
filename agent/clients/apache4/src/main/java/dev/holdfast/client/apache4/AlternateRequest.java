package dev.holdfast.client.apache4;

import java.net.URI;
import org.apache.http.Header;
import org.apache.http.HttpEntity;
import org.apache.http.ProtocolVersion;
import org.apache.http.client.methods.HttpEntityEnclosingRequestBase;
import org.apache.http.client.methods.HttpRequestBase;
import org.jspecify.annotations.Nullable;

/** The request to an alternate origin. The client sends requests again by whether they can have a body. */
final class AlternateRequest extends HttpRequestBase {
    private final String method;
    private final ProtocolVersion version;

    private AlternateRequest(String method, ProtocolVersion version) {
        this.method = method;
        this.version = version;
    }

    /** A request that can have a body if an entity is given. */
    static HttpRequestBase of(
            String method, URI uri, ProtocolVersion version, Header[] headers, @Nullable HttpEntity entity) {
        HttpRequestBase request =
                entity == null ? new AlternateRequest(method, version) : new WithEntity(method, version, entity);
        request.setURI(uri);
        request.setHeaders(headers);
        return request;
    }

    @Override
    public String getMethod() {
        return method;
    }

    @Override
    public ProtocolVersion getProtocolVersion() {
        return version;
    }

    private static final class WithEntity extends HttpEntityEnclosingRequestBase {
        private final String method;
        private final ProtocolVersion version;

        private WithEntity(String method, ProtocolVersion version, HttpEntity entity) {
            this.method = method;
            this.version = version;
            setEntity(entity);
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
