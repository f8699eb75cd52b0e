package dev.holdfast.image;

import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse.BodyHandlers;

/** An ordinary program: prints the status of one GET, and the property {@code kept}. */
final class OneGet {
    private OneGet() {}

    public static void main(String[] arguments) throws Exception {
        HttpRequest request = HttpRequest.newBuilder(URI.create(arguments[0])).build();
        System.out.println(HttpClient.newHttpClient()
                .send(request, BodyHandlers.discarding())
                .statusCode());
        System.out.println("kept " + System.getProperty("kept"));
    }
}
