import java.io.BufferedReader;
import java.io.ByteArrayOutputStream;
import java.io.InputStream;
import java.io.InputStreamReader;
import java.net.HttpURLConnection;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.charset.StandardCharsets;
import java.util.Base64;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;

/**
 * Makes the calls that it reads from standard input, one a line, and writes what they came to, one a line. An ordinary
 * program, which the agent is put to: nothing here knows of it. Fields are separated by tabs: number, method, URL,
 * headers and body, the last two in Base64; headers are lines of a name, a colon and a value.
 */
public final class Client {
    private Client() {}

    public static void main(String[] arguments) throws Exception {
        boolean classic = arguments[0].equals("HttpURLConnection");
        HttpClient client =
                HttpClient.newBuilder().version(HttpClient.Version.HTTP_1_1).build();
        ExecutorService calls = Executors.newCachedThreadPool();
        BufferedReader in = new BufferedReader(new InputStreamReader(System.in, StandardCharsets.UTF_8));
        for (String line = in.readLine(); line != null; line = in.readLine()) {
            String[] call = line.split("\t", -1);
            calls.execute(() -> {
                String result;
                try {
                    result = classic ? connection(call) : send(client, call);
                } catch (Exception e) {
                    result = "0\t" + encoded(e.toString()) + "\t";
                }
                synchronized (Client.class) {
                    System.out.println(call[0] + "\t" + result);
                    System.out.flush();
                }
            });
        }
        calls.shutdown();
    }

    private static String send(HttpClient client, String[] call) throws Exception {
        byte[] body = Base64.getDecoder().decode(call[4]);
        HttpRequest.Builder request = HttpRequest.newBuilder(URI.create(call[2]))
                .method(call[1], body.length == 0 ? BodyPublishers.noBody() : BodyPublishers.ofByteArray(body));
        for (String header : headers(call)) {
            request.header(name(header), value(header));
        }
        HttpResponse<byte[]> response = client.send(request.build(), BodyHandlers.ofByteArray());
        return result(response.statusCode(), response.headers().map(), response.body());
    }

    private static String connection(String[] call) throws Exception {
        HttpURLConnection connection =
                (HttpURLConnection) URI.create(call[2]).toURL().openConnection();
        connection.setInstanceFollowRedirects(false);
        connection.setRequestMethod(call[1]);
        for (String header : headers(call)) {
            connection.addRequestProperty(name(header), value(header));
        }
        byte[] body = Base64.getDecoder().decode(call[4]);
        if (body.length > 0) {
            connection.setDoOutput(true);
            connection.getOutputStream().write(body);
        }
        int status = connection.getResponseCode();
        InputStream stream = status >= 400 ? connection.getErrorStream() : connection.getInputStream();
        ByteArrayOutputStream read = new ByteArrayOutputStream();
        if (stream != null) {
            stream.transferTo(read);
            stream.close();
        }
        return result(status, connection.getHeaderFields(), read.toByteArray());
    }

    private static String[] headers(String[] call) {
        String text = new String(Base64.getDecoder().decode(call[3]), StandardCharsets.UTF_8);
        return text.isEmpty() ? new String[0] : text.split("\n", -1);
    }

    private static String name(String header) {
        return header.substring(0, header.indexOf(':'));
    }

    private static String value(String header) {
        return header.substring(header.indexOf(':') + 1);
    }

    private static String result(int status, Map<String, List<String>> headers, byte[] body) {
        StringBuilder text = new StringBuilder();
        headers.forEach((name, values) -> {
            if (name != null) {
                values.forEach(
                        value -> text.append(name).append(':').append(value).append('\n'));
            }
        });
        return status + "\t" + encoded(text.toString()) + "\t"
                + Base64.getEncoder().encodeToString(body);
    }

    private static String encoded(String text) {
        return Base64.getEncoder().encodeToString(text.getBytes(StandardCharsets.UTF_8));
    }
}
