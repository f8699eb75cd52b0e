package bench;

import java.io.IOException;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import okhttp3.Call;
import okhttp3.Callback;
import okhttp3.OkHttpClient;
import okhttp3.Request;
import okhttp3.Response;
import org.apache.hc.client5.http.classic.methods.HttpGet;
import org.apache.hc.core5.http.io.entity.EntityUtils;

/**
 * One call with the library's client that the first argument names, to the server whose address is the second. Each
 * library has a class of its own here, so that none but that one is loaded.
 */
public final class FirstLibraryCall {
    /** The clients' names. */
    static final List<String> NAMES = List.of("okhttp", "okhttp-enqueue", "apache5", "apache4");

    private FirstLibraryCall() {}

    public static void main(String[] arguments) throws Exception {
        String url = arguments[1];
        switch (arguments[0]) {
            case "okhttp" -> OkHttp.execute(url);
            case "okhttp-enqueue" -> Enqueued.call(url);
            case "apache5" -> Apache5.call(url);
            case "apache4" -> Apache4.call(url);
            default -> throw new IllegalArgumentException("no client: " + arguments[0]);
        }
        System.exit(0); // threads of the clients would keep it
    }

    private static final class OkHttp {
        static void execute(String url) throws IOException {
            Request request = new Request.Builder().url(url).build();
            try (Response response = new OkHttpClient().newCall(request).execute()) {
                System.out.println(response.code() + " " + response.body().bytes().length);
            }
        }
    }

    private static final class Enqueued {
        static void call(String url) throws InterruptedException {
            CountDownLatch ended = new CountDownLatch(1);
            Request request = new Request.Builder().url(url).build();
            new OkHttpClient().newCall(request).enqueue(new Callback() {
                @Override
                public void onFailure(Call call, IOException error) {
                    throw new IllegalStateException(error);
                }

                @Override
                public void onResponse(Call call, Response response) throws IOException {
                    try (response) {
                        System.out.println(
                                response.code() + " " + response.body().bytes().length);
                    }
                    ended.countDown();
                }
            });
            ended.await();
        }
    }

    private static final class Apache5 {
        static void call(String url) throws IOException {
            int status = org.apache.hc.client5.http.impl.classic.HttpClients.createDefault()
                    .execute(new HttpGet(url), response -> {
                        EntityUtils.consume(response.getEntity());
                        return response.getCode();
                    });
            System.out.println(status);
        }
    }

    private static final class Apache4 {
        static void call(String url) throws IOException {
            org.apache.http.HttpResponse response = org.apache.http.impl.client.HttpClients.createDefault()
                    .execute(new org.apache.http.client.methods.HttpGet(url));
            org.apache.http.util.EntityUtils.consume(response.getEntity());
            System.out.println(response.getStatusLine().getStatusCode());
        }
    }
}
