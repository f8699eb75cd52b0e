package dev.holdfast.fallback;

import dev.holdfast.testkit.LoopbackTls;
import java.io.InputStream;
import java.net.HttpURLConnection;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.charset.StandardCharsets;
import javax.net.ssl.HttpsURLConnection;
import javax.net.ssl.SSLContext;

/** A program that calls over TLS: under the JVM's own context, under another default, or after another default. */
final class SecureRestartedProgram {
    private SecureRestartedProgram() {}

    public static void main(String[] arguments) throws Exception {
        URI uri = URI.create(arguments[0]);
        if (!arguments[1].equals("jvm")) {
            SSLContext before = SSLContext.getDefault();
            SSLContext.setDefault(LoopbackTls.clientContext());
            if (arguments[1].equals("restored")) {
                // It keeps what it was made of.
                HttpsURLConnection.getDefaultSSLSocketFactory();
                SSLContext.setDefault(before);
            }
        }
        HttpResponse<String> response =
                HttpClient.newHttpClient().send(HttpRequest.newBuilder(uri).build(), BodyHandlers.ofString());
        System.out.println("HttpClient " + response.body() + " "
                + response.headers().firstValue("Holdfast-Fallback").orElse("live"));
        HttpURLConnection connection = (HttpURLConnection) uri.toURL().openConnection();
        int status = connection.getResponseCode();
        try (InputStream body = status < 400 ? connection.getInputStream() : connection.getErrorStream()) {
            String by = connection.getHeaderField("Holdfast-Fallback");
            System.out.println("HttpURLConnection " + new String(body.readAllBytes(), StandardCharsets.UTF_8) + " "
                    + (by == null ? "live" : by));
        }
    }
}
