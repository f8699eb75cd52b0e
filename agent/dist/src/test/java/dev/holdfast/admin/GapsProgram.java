package dev.holdfast.admin;

import java.io.IOException;
import java.net.HttpURLConnection;
import java.net.InetSocketAddress;
import java.net.Proxy;
import java.net.ProxySelector;
import java.net.URI;
import java.net.URL;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse.BodyHandlers;
import org.apache.hc.client5.http.async.methods.SimpleRequestBuilder;
import org.apache.hc.client5.http.impl.async.CloseableHttpAsyncClient;
import org.apache.hc.client5.http.impl.async.HttpAsyncClients;

/**
 * A program that Holdfast helps only in part: it calls hosts without a policy, through proxies, and loads a client that
 * is not covered. Ends with its standard input.
 */
final class GapsProgram {
    private GapsProgram() {}

    /**
     * Runs it.
     *
     * @param arguments the ports of two proxies, the class of a client that is only loaded, and a URL for one that
     *     makes a call
     */
    public static void main(String[] arguments) throws Exception {
        InetSocketAddress first = new InetSocketAddress("127.0.0.1", Integer.parseInt(arguments[0]));
        InetSocketAddress second = new InetSocketAddress("127.0.0.1", Integer.parseInt(arguments[1]));
        Class.forName(arguments[2]).getConstructor().newInstance();

        try (CloseableHttpAsyncClient apache = HttpAsyncClients.createDefault()) {
            apache.start();
            apache.execute(SimpleRequestBuilder.get(arguments[3]).build(), null).get();
        }

        HttpClient client =
                HttpClient.newBuilder().proxy(ProxySelector.of(first)).build();
        send(client, "http://shop.example/a?key=t0psecret");
        send(client, "http://pay.example/t0psecret");
        send(client, "http://pay.example/t0psecret");
        open("http://shop.example/", second).getResponseCode();
        open("http://t0p:secret@mail.example:8080/t0psecret", second).getResponseCode();
        for (int i = 0; i < 200; i++) {
            open("http://flood" + i + ".example/", second);
        }
        System.out.println("called");
        System.in.readAllBytes();
    }

    private static void send(HttpClient client, String uri) throws IOException, InterruptedException {
        client.send(HttpRequest.newBuilder(URI.create(uri)).build(), BodyHandlers.discarding());
    }

    private static HttpURLConnection open(String url, InetSocketAddress proxy) throws IOException {
        return (HttpURLConnection) new URL(url).openConnection(new Proxy(Proxy.Type.HTTP, proxy));
    }
}
