package dev.holdfast.wild;

import java.io.IOException;
import java.net.Authenticator;
import java.net.CookieHandler;
import java.net.CookieManager;
import java.net.HttpURLConnection;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpClient.Version;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublisher;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandler;
import java.net.http.HttpResponse.BodySubscriber;
import java.net.http.HttpResponse.BodySubscribers;
import java.net.http.HttpResponse.ResponseInfo;
import java.nio.ByteBuffer;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.Flow;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.ThreadPoolExecutor;
import java.util.concurrent.TimeUnit;

/**
 * An application that is deployed, called and undeployed: loaded by a loader of its own each time, with classes of its
 * own in every place where the clients take some.
 */
public final class Undeployed implements Runnable {
    /** The client, which any class of the application can reach. */
    @SuppressWarnings("unused")
    private static volatile Object kept;

    private final URI service;

    public Undeployed(String service) {
        this.service = URI.create(service);
    }

    @Override
    public void run() {
        OwnThread thread = new OwnThread(this::calls);
        thread.start();
        try {
            thread.join();
        } catch (InterruptedException e) {
            throw new IllegalStateException(e);
        }
        if (thread.failure != null) {
            throw new IllegalStateException(thread.failure);
        }
    }

    private void calls() throws Exception {
        ThreadPoolExecutor executor =
                new ThreadPoolExecutor(2, 2, 100, TimeUnit.MILLISECONDS, new LinkedBlockingQueue<>(), task -> {
                    Thread thread = new OwnThread(task::run);
                    thread.setDaemon(true);
                    return thread;
                });
        // Its threads go when they are idle. Were it shut down instead, the JDK's client would sometimes wait for ever
        // for the
        // end of the cancelled call, which nobody runs, and keep its thread: without the agent, too.
        executor.allowCoreThreadTimeOut(true);
        HttpClient client = HttpClient.newBuilder()
                .version(Version.HTTP_1_1)
                .executor(executor::execute)
                .authenticator(new OwnAuthenticator())
                .cookieHandler(new OwnCookies())
                .build();
        kept = client;
        String run = "/" + System.nanoTime();
        for (int i = 0; i < 3; i++) {
            HttpRequest request = HttpRequest.newBuilder(service.resolve(run + "/" + i))
                    .PUT(new OwnPublisher())
                    .build();
            expect(i == 2, client.send(request, new OwnHandler()).statusCode());
            HttpRequest other = HttpRequest.newBuilder(service.resolve(run + "/async/" + i))
                    .PUT(new OwnPublisher())
                    .build();
            expect(i == 2, client.sendAsync(other, new OwnHandler()).get().statusCode());
            HttpRequest degraded = HttpRequest.newBuilder(
                            URI.create("http://localhost:" + service.getPort() + run + "/degraded/" + i))
                    .build();
            client.send(degraded, new OwnHandler());
            classic(run + "/classic/" + i);
        }
        HttpClient anonymous =
                HttpClient.newBuilder().executor(executor::execute).build();
        HttpRequest cached = HttpRequest.newBuilder(URI.create("http://localhost:" + service.getPort() + run + "/kept"))
                .build();
        anonymous.send(cached, new OwnHandler());
        anonymous.send(cached, new OwnHandler());
        CompletableFuture<HttpResponse<String>> cancelled = client.sendAsync(
                HttpRequest.newBuilder(service.resolve(run + "/cancelled")).build(), new OwnHandler());
        cancelled.cancel(true);
        // As an application has to: the thread of a client that its classes reach has their loader as its context.
        kept = null;
    }

    private void classic(String path) throws IOException {
        HttpURLConnection connection =
                (HttpURLConnection) service.resolve(path).toURL().openConnection();
        connection.setAuthenticator(new OwnAuthenticator());
        connection.setRequestMethod("PUT");
        connection.setDoOutput(true);
        connection.getOutputStream().write(1);
        expect(false, connection.getResponseCode());
    }

    private static void expect(boolean last, int status) {
        if (status != 200) {
            throw new IllegalStateException((last ? "the last call" : "a call") + " ended with " + status);
        }
    }

    private interface Work {
        void run() throws Exception;
    }

    private static final class OwnThread extends Thread {
        private final Work work;
        private volatile Exception failure;

        OwnThread(Work work) {
            super("application");
            this.work = work;
            setContextClassLoader(OwnThread.class.getClassLoader());
        }

        @Override
        public void run() {
            try {
                work.run();
            } catch (Exception e) {
                failure = e;
            }
        }
    }

    private static final class OwnAuthenticator extends Authenticator {}

    private static final class OwnCookies extends CookieHandler {
        private final CookieManager manager = new CookieManager();

        @Override
        public Map<String, List<String>> get(URI uri, Map<String, List<String>> headers) throws IOException {
            return manager.get(uri, headers);
        }

        @Override
        public void put(URI uri, Map<String, List<String>> headers) throws IOException {
            manager.put(uri, headers);
        }
    }

    private static final class OwnPublisher implements BodyPublisher {
        private final BodyPublisher text = BodyPublishers.ofString("text");

        @Override
        public long contentLength() {
            return text.contentLength();
        }

        @Override
        public void subscribe(Flow.Subscriber<? super ByteBuffer> subscriber) {
            text.subscribe(subscriber);
        }
    }

    private static final class OwnHandler implements BodyHandler<String> {
        @Override
        public BodySubscriber<String> apply(ResponseInfo info) {
            return BodySubscribers.mapping(
                    BodySubscribers.ofByteArray(),
                    bytes -> Optional.of(bytes).map(String::new).orElse(""));
        }
    }
}
