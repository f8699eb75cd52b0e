package dev.holdfast.differential;

import java.io.IOException;
import java.net.UnknownHostException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.function.Function;
import java.util.logging.Level;
import java.util.logging.Logger;
import okhttp3.Cache;
import okhttp3.CacheControl;
import okhttp3.Call;
import okhttp3.Callback;
import okhttp3.Cookie;
import okhttp3.CookieJar;
import okhttp3.Credentials;
import okhttp3.FormBody;
import okhttp3.HttpUrl;
import okhttp3.Interceptor;
import okhttp3.MediaType;
import okhttp3.MultipartBody;
import okhttp3.OkHttpClient;
import okhttp3.Protocol;
import okhttp3.Request;
import okhttp3.RequestBody;
import okhttp3.Response;
import okhttp3.ResponseBody;
import okhttp3.WebSocket;
import okhttp3.WebSocketListener;
import okio.BufferedSink;
import org.jspecify.annotations.Nullable;

/** Calls of OkHttp, by {@code execute} and by {@code enqueue}. */
final class OkHttpCalls {
    private static final MediaType TEXT = MediaType.get("text/plain");

    /** Says that a callback threw; kept, so that its level is. */
    private static final Logger LIBRARY = Logger.getLogger(OkHttpClient.class.getName());

    private final Transcript t;
    private final boolean enqueued;
    private final OkHttpCaller caller;

    OkHttpCalls(Transcript transcript, boolean enqueued) {
        this.t = transcript;
        this.enqueued = enqueued;
        this.caller = new OkHttpCaller(transcript, enqueued);
    }

    void run() {
        LIBRARY.setLevel(Level.OFF);
        Thread.setDefaultUncaughtExceptionHandler((thread, e) -> caller.uncaught(e));
        statuses();
        responses();
        bodies();
        parts();
        interceptors();
        caches();
        limits();
        cancellations();
        misuse();
        webSockets();
    }

    private void scenario(
            String name, Function<OkHttpClient.Builder, OkHttpClient.Builder> made, OkHttpCaller.Use use) {
        t.scenario(
                "okhttp " + (enqueued ? "enqueue " : "execute ") + name,
                () -> caller.with(made.apply(caller.noting()), use));
    }

    private void scenario(String name, OkHttpCaller.Use use) {
        scenario(name, builder -> builder, use);
    }

    private void statuses() {
        for (String method : List.of("GET", "HEAD", "POST")) {
            for (int status : List.of(200, 204, 304, 401, 408, 421, 503)) {
                scenario(method + " " + status, client -> {
                    caller.call(client, request(method, "/status/" + status));
                    caller.call(client, request(method, "/status/" + status));
                });
            }
        }
    }

    private void responses() {
        for (String path : List.of(
                "/redirect/302/status/200",
                "/redirect/307/status/404",
                "/redirect/308/status/503",
                "/loop",
                "/nowhere",
                "/chunked",
                "/large",
                "/untilclose",
                "/closing",
                "/interim",
                "/gzip",
                "/gzipped",
                "/headers",
                "/short",
                "/resetbody",
                "/resethead",
                "/reset",
                "/close",
                "/garbage")) {
            scenario(path, client -> {
                caller.call(client, request("GET", path));
                caller.call(client, request("GET", "/status/200"));
            });
        }
        for (String path : List.of("/redirect/302/status/200", "/redirect/307/status/200", "/reset", "/status/503")) {
            scenario("POST " + path, client -> caller.call(client, request("POST", path)));
            scenario(
                    "strict POST " + path,
                    builder -> builder.followRedirects(false).retryOnConnectionFailure(false),
                    client -> caller.call(client, request("POST", path)));
        }
        scenario(
                "refused",
                client -> caller.call(
                        client,
                        new Request.Builder().url(t.refused().toString()).build()));
        scenario(
                "unresolved",
                b -> b.dns(name -> {
                    throw new UnknownHostException(name); // the JDK's own remembers it, and words it otherwise then
                }),
                client -> caller.call(client, request("GET", "/status/200")));
    }

    private void bodies() {
        for (int length : List.of(0, 10, 200_000)) {
            byte[] bytes = "x".repeat(length).getBytes(StandardCharsets.US_ASCII);
            for (boolean once : List.of(true, false)) {
                scenario("body of " + length + (once ? ", once" : ""), client -> {
                    caller.call(
                            client,
                            body(new Written(bytes, once, length > 10 ? -1 : length))
                                    .build());
                    caller.call(
                            client,
                            body(new Written(bytes, once, length))
                                    .header("Expect", "100-continue")
                                    .build());
                });
            }
        }
        scenario("body that fails", client -> {
            caller.call(client, body(new Failing(new IOException("no more"))).build());
            caller.call(
                    client,
                    body(new Failing(new IllegalStateException("no state"))).build());
            caller.call(client, request("GET", "/status/200"));
        });
        scenario(
                "body that is too short",
                client -> caller.call(
                        client, body(new Written(new byte[3], false, 5)).build()));
        scenario("refused expectation", client -> {
            t.server().play(dev.holdfast.testkit.ScriptedResponse.respond(417).refusingBody());
            caller.call(
                    client,
                    body(new Written(new byte[3], true, 3))
                            .header("Expect", "100-continue")
                            .build());
        });
        scenario("form and parts", client -> {
            caller.call(
                    client, body(new FormBody.Builder().add("a", "b c").build()).build());
            caller.call(
                    client,
                    body(new MultipartBody.Builder("boundary")
                                    .addFormDataPart("name", "value")
                                    .addFormDataPart("file", "f.txt", RequestBody.create(new byte[10], TEXT))
                                    .build())
                            .build());
        });
    }

    private void parts() {
        scenario(
                "authenticator",
                builder -> builder.authenticator((route, response) -> {
                    caller.note("authenticator: " + response + " " + response.priorResponse() + " " + (route != null));
                    return response.request().header("Authorization") != null
                            ? null
                            : response.request()
                                    .newBuilder()
                                    .header("Authorization", Credentials.basic("user", "pass"))
                                    .build();
                }),
                client -> {
                    caller.call(client, request("GET", "/private"));
                    caller.call(client, request("POST", "/private"));
                    caller.call(client, request("GET", "/status/401"));
                });
        scenario("cookies", builder -> builder.cookieJar(new Jar()), client -> {
            caller.call(client, request("GET", "/cookie"));
            caller.call(client, request("GET", "/redirect/302/cookie"));
            caller.call(client, request("GET", "/status/503"));
        });
        scenario("tags", client -> {
            Call call = client.newCall(request("GET", "/status/503")
                    .newBuilder()
                    .tag(String.class, "of the request")
                    .build());
            caller.run(call, call.request());
            t.step("tag", () -> call.request().tag(String.class));
        });
    }

    private void interceptors() {
        interceptor("throws", chain -> {
            throw new IOException("the program's own");
        });
        interceptor("throws at runtime", chain -> {
            throw new IllegalStateException("the program's own");
        });
        interceptor(
                "answers",
                chain -> new Response.Builder()
                        .request(chain.request())
                        .protocol(Protocol.HTTP_1_1)
                        .code(503)
                        .message("made up")
                        .body(ResponseBody.create("made up", TEXT))
                        .build());
        interceptor("proceeds twice", chain -> {
            chain.proceed(chain.request()).close();
            return chain.proceed(chain.request());
        });
        interceptor(
                "changes the request",
                chain -> chain.proceed(chain.request()
                        .newBuilder()
                        .url(t.uri("/changed").toString())
                        .header("X-Changed", "yes")
                        .build()));
        interceptor(
                "changes the response",
                chain -> chain.proceed(chain.request())
                        .newBuilder()
                        .code(500)
                        .header("X-Changed", "yes")
                        .build());
        interceptor(
                "sets limits",
                chain -> chain.withConnectTimeout(7, TimeUnit.SECONDS)
                        .withReadTimeout(8, TimeUnit.SECONDS)
                        .withWriteTimeout(9, TimeUnit.SECONDS)
                        .proceed(chain.request()));
        interceptor(
                "sets parts",
                chain -> chain.withRetryOnConnectionFailure(false)
                        .withCookieJar(new Jar())
                        .withDns(name -> {
                            caller.note("dns " + name);
                            return okhttp3.Dns.SYSTEM.lookup(name);
                        })
                        .proceed(chain.request()));
        interceptor("cancels", chain -> {
            chain.call().cancel();
            return chain.proceed(chain.request());
        });
        interceptor("calls", chain -> {
            OkHttpClient another = new OkHttpClient();
            try (Response inner = another.newCall(request("GET", "/inner")).execute()) {
                caller.note("inner: " + inner.body().string());
            }
            another.connectionPool().evictAll();
            return chain.proceed(chain.request());
        });
    }

    /** Adds it as an application interceptor, and as a network interceptor, even where it may not be one. */
    private void interceptor(String what, Interceptor interceptor) {
        for (String path : List.of("/status/503", "/reset")) {
            scenario("application interceptor " + what + " " + path, b -> b.addInterceptor(interceptor), client -> {
                caller.call(client, request("GET", path));
                caller.call(client, request("POST", "/status/200"));
            });
            scenario("network interceptor " + what + " " + path, b -> b.addNetworkInterceptor(interceptor), client -> {
                caller.call(client, request("GET", path));
                caller.call(client, request("POST", "/status/200"));
            });
        }
    }

    private void caches() {
        for (String path : List.of("/cacheable/x", "/validated", "/status/503", "/redirect/301/cacheable/y")) {
            cached("cached " + path, client -> {
                caller.call(client, request("GET", path));
                caller.call(client, request("GET", path));
                caller.call(client, request("POST", path));
                caller.call(client, request("GET", path));
            });
        }
        cached(
                "only if cached",
                client -> caller.call(
                        client,
                        request("GET", "/cacheable/z")
                                .newBuilder()
                                .cacheControl(CacheControl.FORCE_CACHE)
                                .build()));
        cached("never cached", client -> {
            caller.call(client, request("GET", "/cacheable/z"));
            caller.call(
                    client,
                    request("GET", "/cacheable/z")
                            .newBuilder()
                            .cacheControl(CacheControl.FORCE_NETWORK)
                            .build());
        });
    }

    private void cached(String name, OkHttpCaller.Use use) {
        t.scenario("okhttp " + (enqueued ? "enqueue " : "execute ") + name, () -> {
            Path directory = Files.createTempDirectory("okhttp");
            try (Cache cache = new Cache(directory.toFile(), 1_000_000)) {
                caller.with(caller.noting().cache(cache), use);
                t.step(
                        "cache",
                        () -> cache.requestCount() + " " + cache.networkCount() + " " + cache.hitCount() + " "
                                + cache.writeSuccessCount() + " " + cache.writeAbortCount());
                cache.delete();
            }
        });
    }

    private void limits() {
        Duration brief = Duration.ofMillis(200);
        scenario("read timeout", b -> b.readTimeout(brief), client -> {
            caller.call(client, request("GET", "/hang"));
            caller.call(client, request("POST", "/hang"));
        });
        // Long enough for the request to be sent.
        scenario("call timeout", b -> b.callTimeout(Duration.ofSeconds(2)), client -> {
            Request request = request("POST", "/hang");
            caller.runEnded(client.newCall(request), request);
        });
        scenario("call timeout that is far", b -> b.callTimeout(Duration.ofSeconds(30)), client -> {
            caller.call(client, request("GET", "/status/503"));
            Call call = client.newCall(request("GET", "/status/200"));
            call.timeout().timeout(20, TimeUnit.SECONDS);
            caller.run(call, call.request());
        });
        scenario("one after the other", client -> {
            client.dispatcher().setMaxRequestsPerHost(1);
            client.dispatcher().setIdleCallback(() -> {});
            List<CountDownLatch> done = new ArrayList<>();
            for (int i = 0; i < 3; i++) {
                Request request = request("GET", "/status/200");
                done.add(caller.begin(client.newCall(request), request));
                if (!enqueued) {
                    done.get(i).await();
                }
            }
            for (CountDownLatch latch : done) {
                latch.await();
            }
            // The end of one call and the begin of the next are on two threads.
            client.dispatcher().executorService().shutdown();
            client.dispatcher().executorService().awaitTermination(20, TimeUnit.SECONDS);
            caller.flush(true);
        });
    }

    private void cancellations() {
        scenario("cancelled before", client -> {
            Call call = client.newCall(request("GET", "/status/200"));
            call.cancel();
            caller.run(call, call.request());
        });
        scenario("cancelled at the origin", client -> {
            Call call = client.newCall(request("GET", "/hang"));
            CountDownLatch done = caller.begin(call, call.request());
            t.server().awaitRequests(1);
            call.cancel();
            done.await();
            client.dispatcher().executorService().shutdown();
            client.dispatcher().executorService().awaitTermination(20, TimeUnit.SECONDS);
            caller.flush(true);
            call.cancel();
            caller.flush(false);
        });
        scenario("all cancelled", client -> {
            Call call = client.newCall(request("GET", "/hang"));
            CountDownLatch done = caller.begin(call, call.request());
            t.server().awaitRequests(1);
            t.step(
                    "running",
                    () -> client.dispatcher().runningCallsCount() + " "
                            + (client.dispatcher().runningCalls().isEmpty()
                                    || client.dispatcher().runningCalls().get(0) == call));
            client.dispatcher().cancelAll();
            done.await();
            client.dispatcher().executorService().shutdown();
            client.dispatcher().executorService().awaitTermination(20, TimeUnit.SECONDS);
            caller.flush(true);
        });
        scenario("cancelled after", client -> {
            Call call = client.newCall(request("GET", "/status/503"));
            caller.run(call, call.request());
            call.cancel();
            caller.flush(false);
            t.step("canceled", call::isCanceled);
        });
    }

    private void misuse() {
        scenario("twice", client -> {
            Call call = client.newCall(request("GET", "/status/503"));
            caller.run(call, call.request());
            caller.run(call, call.request());
            caller.run(call.clone(), call.request());
        });
        scenario("after shutdown", client -> {
            client.dispatcher().executorService().shutdown();
            caller.call(client, request("GET", "/status/200"));
        });
        if (enqueued) {
            scenario("callback throws", client -> {
                for (String path : List.of("/status/503", "/reset")) {
                    CountDownLatch called = new CountDownLatch(1);
                    client.newCall(request("POST", path)).enqueue(new Callback() {
                        @Override
                        public void onFailure(Call call, IOException failure) {
                            called.countDown();
                            throw new IllegalArgumentException("of the callback");
                        }

                        @Override
                        public void onResponse(Call call, Response response) throws IOException {
                            response.close();
                            called.countDown();
                            throw new IOException("of the callback");
                        }
                    });
                    called.await();
                }
                client.dispatcher().executorService().shutdown();
                client.dispatcher().executorService().awaitTermination(20, TimeUnit.SECONDS);
                caller.flush(true);
            });
        }
    }

    private void webSockets() {
        scenario("web socket", client -> {
            CountDownLatch done = new CountDownLatch(1);
            client.newWebSocket(request("GET", "/status/503"), new WebSocketListener() {
                @Override
                public void onFailure(WebSocket socket, Throwable failure, @Nullable Response response) {
                    caller.note(Transcript.described(failure) + " " + response);
                    done.countDown();
                }
            });
            done.await();
        });
    }

    private Request request(String method, String path) {
        boolean hasBody = method.equals("PUT") || method.equals("POST");
        return new Request.Builder()
                .url(t.uri(path).toString())
                .method(method, hasBody ? RequestBody.create("precious", TEXT) : null)
                .build();
    }

    private Request.Builder body(RequestBody body) {
        return new Request.Builder().url(t.uri("/echo").toString()).post(body);
    }

    private final class Jar implements CookieJar {
        private List<Cookie> cookies = List.of();

        @Override
        public void saveFromResponse(HttpUrl url, List<Cookie> received) {
            caller.note("cookies from " + url + ": " + received);
            cookies = received;
        }

        @Override
        public List<Cookie> loadForRequest(HttpUrl url) {
            caller.note("cookies for " + url);
            return cookies;
        }
    }

    private final class Written extends RequestBody {
        private final byte[] bytes;
        private final boolean once;
        private final long length;

        Written(byte[] bytes, boolean once, long length) {
            this.bytes = bytes;
            this.once = once;
            this.length = length;
        }

        @Override
        public MediaType contentType() {
            return TEXT;
        }

        @Override
        public long contentLength() {
            return length;
        }

        @Override
        public boolean isOneShot() {
            return once;
        }

        @Override
        public void writeTo(BufferedSink sink) throws IOException {
            caller.note("body is written");
            sink.write(bytes);
        }
    }

    private static final class Failing extends RequestBody {
        private final Exception failure;

        Failing(Exception failure) {
            this.failure = failure;
        }

        @Override
        public MediaType contentType() {
            return TEXT;
        }

        @Override
        public void writeTo(BufferedSink sink) throws IOException {
            sink.writeUtf8("begun");
            if (failure instanceof IOException e) {
                throw e;
            }
            throw (RuntimeException) failure;
        }
    }
}
