package dev.holdfast.contract;

import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.io.UncheckedIOException;
import java.net.ProxySelector;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.Consumer;
import java.util.function.Function;
import javax.net.ssl.SSLContext;
import org.apache.http.Header;
import org.apache.http.HttpEntity;
import org.apache.http.client.config.RequestConfig;
import org.apache.http.client.methods.CloseableHttpResponse;
import org.apache.http.client.methods.HttpEntityEnclosingRequestBase;
import org.apache.http.client.methods.HttpRequestBase;
import org.apache.http.client.methods.HttpUriRequest;
import org.apache.http.client.methods.RequestBuilder;
import org.apache.http.entity.AbstractHttpEntity;
import org.apache.http.entity.ByteArrayEntity;
import org.apache.http.entity.FileEntity;
import org.apache.http.entity.InputStreamEntity;
import org.apache.http.impl.client.CloseableHttpClient;
import org.apache.http.impl.client.HttpClientBuilder;
import org.apache.http.impl.client.HttpClients;
import org.apache.http.impl.conn.SystemDefaultRoutePlanner;
import org.jspecify.annotations.Nullable;

/** The calls of programs that use Apache HttpClient 4, classic. Nothing here knows of Holdfast. */
final class Apache4Calls implements LibraryCalls {
    private static final Map<String, CloseableHttpClient> CLIENTS = new ConcurrentHashMap<>();

    private final Function<byte[], HttpEntity> entity;

    private Apache4Calls(Function<byte[], HttpEntity> entity) {
        this.entity = entity;
    }

    /** A body in memory. */
    static LibraryCalls buffered() {
        return new Apache4Calls(ByteArrayEntity::new);
    }

    /** A body that the program writes, as often as it is asked to; without a length. */
    static LibraryCalls written() {
        return new Apache4Calls(WrittenEntity::new);
    }

    /** A stream that can be read once; without a length. */
    static LibraryCalls oneShot() {
        return new Apache4Calls(bytes -> new InputStreamEntity(new ByteArrayInputStream(bytes)));
    }

    /** A file. */
    static LibraryCalls file() {
        return new Apache4Calls(bytes -> {
            try {
                Path file = Files.createTempFile("holdfast", ".body");
                file.toFile().deleteOnExit();
                Files.write(file, bytes);
                return new FileEntity(file.toFile());
            } catch (IOException e) {
                throw new UncheckedIOException(e);
            }
        });
    }

    @Override
    public CallResult exchange(Call call, @Nullable SSLContext trust, long start, Consumer<Runnable> cancel)
            throws IOException {
        HttpUriRequest request = request(call);
        cancel.accept(request::abort);
        try (CloseableHttpResponse response = client(call, trust).execute(request)) {
            Map<String, List<String>> headers = new TreeMap<>(String.CASE_INSENSITIVE_ORDER);
            for (Header header : response.getAllHeaders()) {
                headers.computeIfAbsent(header.getName(), name -> new ArrayList<>())
                        .add(header.getValue());
            }
            HttpEntity body = response.getEntity();
            byte[] bytes = body == null ? new byte[0] : body.getContent().readAllBytes();
            return CallResult.response(response.getStatusLine().getStatusCode(), headers, bytes, start);
        }
    }

    private HttpUriRequest request(Call call) {
        byte[] body = call.body();
        if (body == null) {
            RequestBuilder builder = RequestBuilder.create(call.method()).setUri(call.uri());
            call.headers().forEach(builder::setHeader);
            return builder.build();
        }
        HttpEntityEnclosingRequestBase request = new HttpEntityEnclosingRequestBase() {
            @Override
            public String getMethod() {
                return call.method();
            }
        };
        request.setURI(call.uri());
        call.headers().forEach(request::setHeader);
        request.setEntity(entity.apply(body));
        HttpRequestBase typed = request;
        return typed;
    }

    /** A client as this call needs it; one for each set of options. */
    private static CloseableHttpClient client(Call call, @Nullable SSLContext trust) {
        String key = call.connectTimeout() + " " + call.readTimeout() + " " + call.followRedirects() + " "
                + System.identityHashCode(trust) + " " + System.identityHashCode(ProxySelector.getDefault());
        return CLIENTS.computeIfAbsent(key, unknown -> made(call, trust));
    }

    private static CloseableHttpClient made(Call call, @Nullable SSLContext trust) {
        long connect = call.connectTimeout().toMillis();
        long read = call.readTimeout().toMillis();
        RequestConfig.Builder request = RequestConfig.custom();
        if (connect > 0) {
            request.setConnectTimeout((int) connect);
        }
        if (read > 0) {
            request.setSocketTimeout((int) read);
        }
        HttpClientBuilder client = HttpClients.custom()
                .setMaxConnPerRoute(200)
                .setMaxConnTotal(1000)
                .setRoutePlanner(new SystemDefaultRoutePlanner(ProxySelector.getDefault()))
                .setDefaultRequestConfig(request.build());
        if (trust != null) {
            client.setSSLContext(trust);
        }
        client.disableAutomaticRetries(); // they send a request again that a policy does not
        if (!call.followRedirects()) {
            client.disableRedirectHandling();
        }
        return client.build();
    }

    private static final class WrittenEntity extends AbstractHttpEntity {
        private final byte[] bytes;

        WrittenEntity(byte[] bytes) {
            this.bytes = bytes;
            setChunked(true);
        }

        @Override
        public void writeTo(OutputStream out) throws IOException {
            for (int from = 0; from < bytes.length; from += 1000) {
                out.write(bytes, from, Math.min(1000, bytes.length - from));
            }
        }

        @Override
        public InputStream getContent() {
            return new ByteArrayInputStream(bytes);
        }

        @Override
        public boolean isStreaming() {
            return false;
        }

        @Override
        public boolean isRepeatable() {
            return true;
        }

        @Override
        public long getContentLength() {
            return -1;
        }
    }
}
