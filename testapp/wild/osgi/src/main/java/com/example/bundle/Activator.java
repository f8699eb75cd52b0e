package com.example.bundle;

import java.net.HttpURLConnection;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse.BodyHandler;
import java.net.http.HttpResponse.BodySubscriber;
import java.net.http.HttpResponse.BodySubscribers;
import java.net.http.HttpResponse.ResponseInfo;
import org.osgi.framework.BundleActivator;
import org.osgi.framework.BundleContext;

/**
 * Asks another service in each style when it is started, with classes of its own among them, and prints what it saw.
 */
public final class Activator implements BundleActivator {
    @Override
    public void start(BundleContext context) throws Exception {
        URI upstream =
                URI.create(context.getProperty("upstream") + context.getBundle().getBundleId() + "/");
        HttpClient client =
                HttpClient.newBuilder().version(HttpClient.Version.HTTP_1_1).build();
        HttpURLConnection connection =
                (HttpURLConnection) upstream.resolve("classic").toURL().openConnection();
        int classic = connection.getResponseCode();
        int sent = client.send(HttpRequest.newBuilder(upstream.resolve("send")).build(), new OwnHandler())
                .statusCode();
        int async = client.sendAsync(
                        HttpRequest.newBuilder(upstream.resolve("async")).build(), new OwnHandler())
                .get()
                .statusCode();
        System.out.println(getClass().getClassLoader().getClass().getSimpleName() + ": HttpURLConnection " + classic
                + ", send " + sent + ", sendAsync " + async);
    }

    @Override
    public void stop(BundleContext context) {}

    private static final class OwnHandler implements BodyHandler<String> {
        @Override
        public BodySubscriber<String> apply(ResponseInfo info) {
            return BodySubscribers.mapping(BodySubscribers.ofByteArray(), bytes -> bytes.length + " bytes");
        }
    }
}
