package dev.holdfast.launch;

import java.io.BufferedReader;
import java.io.InputStreamReader;
import java.net.HttpURLConnection;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.charset.StandardCharsets;

/**
 * An ordinary program that makes its clients at once, and a call in each way for each line of its standard input, with
 * the line in the path: by {@code HttpURLConnection}, {@code send}, {@code sendAsync}, and {@code send} of a client
 * that it makes then. It prints the line and the statuses, and ends with its input.
 */
final class WaitingProgram {
    private WaitingProgram() {}

    public static void main(String[] arguments) throws Exception {
        URI origin = URI.create(arguments[0]);
        HttpClient client = HttpClient.newHttpClient();
        BufferedReader in = new BufferedReader(new InputStreamReader(System.in, StandardCharsets.UTF_8));
        for (String line = in.readLine(); line != null; line = in.readLine()) {
            HttpURLConnection connection =
                    (HttpURLConnection) origin.resolve("/u/" + line).toURL().openConnection();
            int first = connection.getResponseCode();
            int second = send(client, origin.resolve("/s/" + line));
            int third = client.sendAsync(request(origin.resolve("/a/" + line)), BodyHandlers.discarding())
                    .get()
                    .statusCode();
            int fourth = send(HttpClient.newHttpClient(), origin.resolve("/n/" + line));
            System.out.println(line + " " + first + " " + second + " " + third + " " + fourth);
        }
    }

    private static int send(HttpClient client, URI uri) throws Exception {
        return client.send(request(uri), BodyHandlers.discarding()).statusCode();
    }

    private static HttpRequest request(URI uri) {
        return HttpRequest.newBuilder(uri).version(HttpClient.Version.HTTP_1_1).build();
    }
}
