package bench;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStream;
import java.io.InputStreamReader;
import java.net.HttpURLConnection;
import java.net.URI;
import java.net.URL;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse.BodyHandlers;

/**
 * Calls the server whose address is its argument for a while whenever it is told so: a line {@code client millis} on
 * standard input is answered by the number of calls per second and the CPU nanoseconds per call.
 */
public final class ThroughputProgram {
    private static final HttpClient CLIENT =
            HttpClient.newBuilder().version(HttpClient.Version.HTTP_1_1).build();

    private ThroughputProgram() {}

    public static void main(String[] arguments) throws Exception {
        URI uri = URI.create(arguments[0]);
        URL url = uri.toURL();
        HttpRequest request = HttpRequest.newBuilder(uri).build();
        BufferedReader in = new BufferedReader(new InputStreamReader(System.in));
        for (String line = in.readLine(); line != null; line = in.readLine()) {
            String[] words = line.split(" ");
            boolean modern = words[0].equals("HttpClient");
            long start = System.nanoTime();
            long cpu = cpu();
            long until = start + Long.parseLong(words[1]) * 1_000_000;
            long calls = 0;
            while (System.nanoTime() - until < 0) {
                for (int i = 0; i < 10; i++) {
                    if (modern) {
                        modern(request);
                    } else {
                        classic(url);
                    }
                }
                calls += 10;
            }
            System.out.println(calls * 1e9 / (System.nanoTime() - start) + " " + (double) (cpu() - cpu) / calls);
        }
    }

    private static long cpu() {
        return ProcessHandle.current().info().totalCpuDuration().orElseThrow().toNanos();
    }

    private static void modern(HttpRequest request) throws IOException, InterruptedException {
        if (CLIENT.send(request, BodyHandlers.ofString()).statusCode() != 200) {
            throw new IOException("not 200");
        }
    }

    private static void classic(URL url) throws IOException {
        HttpURLConnection connection = (HttpURLConnection) url.openConnection();
        if (connection.getResponseCode() != 200) {
            throw new IOException("not 200");
        }
        try (InputStream body = connection.getInputStream()) {
            body.readAllBytes();
        }
    }
}
