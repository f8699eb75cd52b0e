package dev.holdfast.observe.otlp;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.net.Authenticator;
import java.net.CookieHandler;
import java.net.PasswordAuthentication;
import java.net.Proxy;
import java.net.ProxySelector;
import java.net.SocketAddress;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ConcurrentSkipListSet;

/**
 * A program that calls the URL that it is told once for each line that it reads, and at its end says which of its
 * defaults for networking were asked from then on. What it does itself asks none of them.
 */
final class ExportingProgram {
    private static final Set<String> ASKED = new ConcurrentSkipListSet<>();

    private ExportingProgram() {}

    public static void main(String[] arguments) throws Exception {
        HttpClient client =
                HttpClient.newBuilder().proxy(HttpClient.Builder.NO_PROXY).build();
        HttpRequest request = HttpRequest.newBuilder(URI.create(arguments[0])).build();
        defaults();
        BufferedReader in = new BufferedReader(new InputStreamReader(System.in, StandardCharsets.UTF_8));
        while (in.readLine() != null) {
            System.out.println(client.send(request, BodyHandlers.discarding()).statusCode());
        }
        System.out.println("asked: " + ASKED);
        Runtime.getRuntime().addShutdownHook(new Thread(() -> System.out.println("hooks ran")));
    }

    private static void defaults() {
        Authenticator.setDefault(new Authenticator() {
            @Override
            protected PasswordAuthentication getPasswordAuthentication() {
                ASKED.add("authenticator");
                return new PasswordAuthentication("user", "hunter2".toCharArray());
            }
        });
        CookieHandler.setDefault(new CookieHandler() {
            @Override
            public Map<String, List<String>> get(URI uri, Map<String, List<String>> headers) {
                ASKED.add("cookies");
                return Map.of();
            }

            @Override
            public void put(URI uri, Map<String, List<String>> headers) {
                ASKED.add("cookies");
            }
        });
        ProxySelector.setDefault(new ProxySelector() {
            @Override
            public List<Proxy> select(URI uri) {
                ASKED.add("proxies for " + uri.getScheme());
                return List.of(Proxy.NO_PROXY);
            }

            @Override
            public void connectFailed(URI uri, SocketAddress address, IOException why) {}
        });
    }
}
