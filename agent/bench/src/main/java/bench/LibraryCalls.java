package bench;

import java.io.IOException;
import java.util.List;
import java.util.concurrent.ArrayBlockingQueue;
import java.util.concurrent.BlockingQueue;
import okhttp3.Call;
import okhttp3.Callback;
import okhttp3.OkHttpClient;
import okhttp3.Request;
import okhttp3.Response;
import org.apache.hc.client5.http.classic.methods.HttpGet;
import org.apache.hc.client5.http.impl.classic.CloseableHttpClient;
import org.apache.hc.core5.http.ClassicHttpResponse;
import org.apache.hc.core5.http.io.HttpClientResponseHandler;
import org.apache.hc.core5.http.io.entity.EntityUtils;
import org.apache.http.HttpResponse;
import org.apache.http.client.HttpClient;

/** The calls of the libraries that programs bring along, as programs make them. */
final class LibraryCalls {
    /** Their names, for arguments and reports. */
    static final List<String> NAMES = List.of("okhttp", "okhttp-enqueue", "apache5", "apache4");

    private LibraryCalls() {}

    /** Calls over the network. */
    static Caller of(String name, String url) {
        return switch (name) {
            case "okhttp" -> execute(new OkHttpClient(), url);
            case "okhttp-enqueue" -> enqueue(new OkHttpClient(), url);
            case "apache5" -> apache5(org.apache.hc.client5.http.impl.classic.HttpClients.createDefault(), url);
            case "apache4" -> apache4(org.apache.http.impl.client.HttpClients.createDefault(), url);
            default -> throw new IllegalArgumentException("no client: " + name);
        };
    }

    static Caller execute(OkHttpClient client, String url) {
        Request request = new Request.Builder().url(url).build();
        return () -> {
            try (Response response = client.newCall(request).execute()) {
                return read(response);
            }
        };
    }

    private static Caller enqueue(OkHttpClient client, String url) {
        Request request = new Request.Builder().url(url).build();
        BlockingQueue<Object> ends = new ArrayBlockingQueue<>(1);
        Callback callback = new Callback() {
            @Override
            public void onFailure(Call call, IOException error) {
                ends.add(error);
            }

            @Override
            public void onResponse(Call call, Response response) throws IOException {
                try (response) {
                    ends.add(read(response));
                }
            }
        };
        return () -> {
            client.newCall(request).enqueue(callback);
            try {
                return ends.take() instanceof Integer status ? status : -1;
            } catch (InterruptedException e) {
                throw new IllegalStateException(e);
            }
        };
    }

    private static int read(Response response) throws IOException {
        return response.body().bytes().length < 0 ? -1 : response.code();
    }

    static Caller apache5(CloseableHttpClient client, String url) {
        HttpClientResponseHandler<Integer> handler = LibraryCalls::read;
        return () -> client.execute(new HttpGet(url), handler);
    }

    private static int read(ClassicHttpResponse response) throws IOException {
        EntityUtils.consume(response.getEntity());
        return response.getCode();
    }

    static Caller apache4(HttpClient client, String url) {
        return () -> {
            HttpResponse response = client.execute(new org.apache.http.client.methods.HttpGet(url));
            org.apache.http.util.EntityUtils.consume(response.getEntity());
            return response.getStatusLine().getStatusCode();
        };
    }
}
