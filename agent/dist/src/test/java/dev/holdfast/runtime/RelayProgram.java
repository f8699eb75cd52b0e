package dev.holdfast.runtime;

import com.sun.net.httpserver.HttpServer;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse.BodyHandlers;
import java.util.concurrent.Executors;

/** An ordinary service that answers each request with the status that the next service gave it, else with 503. */
final class RelayProgram {
    private RelayProgram() {}

    public static void main(String[] arguments) throws IOException {
        URI next = URI.create(arguments[0]);
        HttpClient client = HttpClient.newHttpClient();
        HttpServer server = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
        server.setExecutor(Executors.newCachedThreadPool());
        server.createContext("/", exchange -> {
            HttpRequest request = HttpRequest.newBuilder(
                            next.resolve(exchange.getRequestURI().getPath()))
                    .build();
            int status;
            try {
                status = client.send(request, BodyHandlers.discarding()).statusCode();
            } catch (IOException e) {
                status = 503;
            } catch (InterruptedException e) {
                throw new IOException(e);
            }
            exchange.sendResponseHeaders(status, -1);
            exchange.close();
        });
        server.start();
        System.out.println("port " + server.getAddress().getPort());
    }
}
