package dev.holdfast.client.apache4;

import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Function;
import org.apache.http.HttpEntity;
import org.apache.http.HttpHost;
import org.apache.http.HttpResponse;
import org.apache.http.client.HttpClient;
import org.apache.http.client.methods.HttpGet;
import org.apache.http.client.methods.HttpPost;
import org.apache.http.client.methods.HttpPut;
import org.apache.http.client.methods.HttpUriRequest;
import org.apache.http.conn.ConnectionReleaseTrigger;
import org.apache.http.entity.ByteArrayEntity;
import org.apache.http.entity.InputStreamEntity;
import org.apache.http.impl.client.DefaultHttpClient;
import org.apache.http.impl.client.DefaultHttpRequestRetryHandler;

/**
 * Calls of a copy of the library, of whatever version: with each client that it has, one call without a body and one
 * whose body can be read once. Names nothing that the oldest version lacks, but by reflection.
 */
@SuppressWarnings("deprecation") // the clients that all versions have
public final class Apache4Caller implements Function<String, String> {
    private static final String CLIENTS = "org.apache.http.impl.client.HttpClients";

    private final Map<String, HttpClient> clients = new LinkedHashMap<>();

    /** Makes the clients. */
    public Apache4Caller() {
        HttpClient oldest = new DefaultHttpClient();
        clients.put("DefaultHttpClient", oldest);
        add("ContentEncodingHttpClient", "org.apache.http.impl.client.ContentEncodingHttpClient", null);
        add("SystemDefaultHttpClient", "org.apache.http.impl.client.SystemDefaultHttpClient", null);
        add("DecompressingHttpClient", "org.apache.http.impl.client.DecompressingHttpClient", null);
        add("createDefault", CLIENTS, "createDefault");
        add("createMinimal", CLIENTS, "createMinimal");
    }

    private void add(String name, String type, String method) {
        try {
            Class<?> found = Class.forName(type);
            clients.put(name, (HttpClient)
                    (method == null
                            ? found.getConstructor().newInstance()
                            : found.getMethod(method).invoke(null)));
        } catch (ClassNotFoundException | NoSuchMethodException e) {
            // Not in this version.
        } catch (ReflectiveOperationException e) {
            throw new IllegalStateException(e);
        }
    }

    /** Calls a server; says what each client's calls gave. */
    @Override
    public String apply(String uri) {
        StringBuilder said = new StringBuilder();
        clients.forEach((name, client) -> {
            HttpPut put = new HttpPut(uri + '/' + name);
            put.setEntity(
                    new InputStreamEntity(new ByteArrayInputStream("an order".getBytes(StandardCharsets.UTF_8)), -1));
            said.append(said.length() == 0 ? "" : ", ")
                    .append(name)
                    .append(' ')
                    .append(call(client, new HttpGet(uri + '/' + name)))
                    .append(' ')
                    .append(call(client, put));
        });
        tunnels(Integer.getInteger("tunnel.proxy"));
        return said.toString();
    }

    /** Sends POSTs by a proxy that opens no tunnel: with an old client and, where there is one, with a built one. */
    private static void tunnels(int proxy) {
        HttpHost address = new HttpHost("127.0.0.1", proxy);
        DefaultHttpClient old = new DefaultHttpClient();
        old.setHttpRequestRetryHandler(new DefaultHttpRequestRetryHandler(0, false));
        old.getParams().setParameter("http.route.default-proxy", address);
        List<HttpClient> proxied = new ArrayList<>(List.of(old));
        try {
            Object builder = Class.forName(CLIENTS).getMethod("custom").invoke(null);
            builder.getClass().getMethod("disableAutomaticRetries").invoke(builder);
            builder.getClass().getMethod("setProxy", HttpHost.class).invoke(builder, address);
            proxied.add((HttpClient) builder.getClass().getMethod("build").invoke(builder));
        } catch (ClassNotFoundException e) {
            // Not in this version.
        } catch (ReflectiveOperationException e) {
            throw new IllegalStateException(e);
        }
        for (HttpClient client : proxied) {
            HttpPost post = new HttpPost("https://127.0.0.1:" + proxy + "/");
            post.setEntity(new ByteArrayEntity("an order".getBytes(StandardCharsets.UTF_8)));
            String unused = call(client, post);
        }
    }

    private static String call(HttpClient client, HttpUriRequest request) {
        try {
            HttpResponse response = client.execute(request);
            int status = response.getStatusLine().getStatusCode();
            HttpEntity entity = response.getEntity();
            InputStream body = entity.getContent(); // 4.0 gives it once
            if (!(body instanceof ConnectionReleaseTrigger)
                    || (client instanceof DefaultHttpClient && !(entity instanceof ConnectionReleaseTrigger))) {
                return "a body that does not release its connection";
            }
            try (body) {
                return status + new String(body.readAllBytes(), StandardCharsets.US_ASCII);
            }
        } catch (IOException e) {
            return e.toString();
        }
    }
}
