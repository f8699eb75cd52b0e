package bench;

import java.net.HttpURLConnection;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse.BodyHandlers;

/** One call with each client, to the server whose address is the argument. */
public final class OneCallEach {
    private OneCallEach() {}

    public static void main(String[] arguments) throws Exception {
        URI uri = URI.create(arguments[0]);
        HttpURLConnection connection = (HttpURLConnection) uri.toURL().openConnection();
        System.out.println(connection.getResponseCode());
        HttpClient client = HttpClient.newHttpClient();
        System.out.println(client.send(HttpRequest.newBuilder(uri).build(), BodyHandlers.ofString())
                .statusCode());
    }
}
