package dev.holdfast.versions;

import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.util.function.Function;
import org.apache.hc.client5.http.classic.methods.HttpGet;
import org.apache.hc.client5.http.classic.methods.HttpPost;
import org.apache.hc.client5.http.classic.methods.HttpPut;
import org.apache.hc.client5.http.classic.methods.HttpUriRequestBase;
import org.apache.hc.client5.http.impl.classic.CloseableHttpClient;
import org.apache.hc.client5.http.impl.classic.CloseableHttpResponse;
import org.apache.hc.client5.http.impl.classic.HttpClients;
import org.apache.hc.client5.http.protocol.HttpClientContext;
import org.apache.hc.core5.http.HttpEntity;
import org.apache.hc.core5.http.HttpHost;
import org.apache.hc.core5.http.io.EofSensorInputStream;
import org.apache.hc.core5.http.io.entity.InputStreamEntity;

/** A program's calls with whatever version of Apache HttpClient 5 its class loader has. */
public final class Apache5Smoke implements Function<String, String> {
    /** Loaded by name. */
    public Apache5Smoke() {}

    @Override
    public String apply(String call) {
        String[] parts = call.split(" ", -1);
        if (parts[0].equals("TUNNEL")) {
            return tunnel(parts[1], Integer.parseInt(parts[2]));
        }
        HttpUriRequestBase request = parts[0].equals("PUT") ? new HttpPut(parts[1]) : new HttpGet(parts[1]);
        if (parts[0].equals("PUT")) {
            request.setEntity(
                    new InputStreamEntity(new ByteArrayInputStream("whole".getBytes(StandardCharsets.US_ASCII)), null));
        }
        try (CloseableHttpClient client =
                parts[0].equals("MINIMAL") ? HttpClients.createMinimal() : HttpClients.createDefault()) {
            return response(client, request);
        } catch (IOException e) {
            return e.getClass().getName();
        }
    }

    /** A POST through a proxy that opens no tunnel. */
    private static String tunnel(String uri, int proxy) {
        HttpPost post = new HttpPost(uri);
        post.setEntity(
                new InputStreamEntity(new ByteArrayInputStream("whole".getBytes(StandardCharsets.US_ASCII)), null));
        try (CloseableHttpClient client =
                HttpClients.custom().setProxy(new HttpHost("127.0.0.1", proxy)).build()) {
            return response(client, post);
        } catch (IOException e) {
            return "no tunnel";
        }
    }

    @SuppressWarnings("deprecation") // in the newest, and the only one that the oldest has
    private static String response(CloseableHttpClient client, HttpUriRequestBase request) throws IOException {
        // The minimal client of 5.0 fails without a context.
        try (CloseableHttpResponse response = client.execute(request, HttpClientContext.create())) {
            HttpEntity entity = response.getEntity();
            InputStream content = entity == null ? InputStream.nullInputStream() : entity.getContent();
            if (entity != null && entity.isStreaming() && !(content instanceof EofSensorInputStream)) {
                return "a body of another type";
            }
            String body = new String(content.readAllBytes(), StandardCharsets.US_ASCII);
            return response.getCode() + " " + body;
        }
    }
}
