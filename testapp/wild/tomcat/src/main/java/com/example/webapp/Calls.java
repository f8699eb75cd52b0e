package com.example.webapp;

import jakarta.servlet.ServletException;
import jakarta.servlet.http.HttpServlet;
import jakarta.servlet.http.HttpServletRequest;
import jakarta.servlet.http.HttpServletResponse;
import java.io.IOException;
import java.net.HttpURLConnection;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse.BodyHandler;
import java.net.http.HttpResponse.BodySubscriber;
import java.net.http.HttpResponse.BodySubscribers;
import java.net.http.HttpResponse.ResponseInfo;
import java.util.concurrent.ExecutionException;

/** Asks another service in each style, with classes of its own among them, and answers with what it saw. */
public final class Calls extends HttpServlet {
    private static final long serialVersionUID = 1L;

    private final transient HttpClient client =
            HttpClient.newBuilder().version(HttpClient.Version.HTTP_1_1).build();

    @Override
    protected void doGet(HttpServletRequest request, HttpServletResponse response)
            throws ServletException, IOException {
        URI upstream = URI.create(request.getParameter("upstream"));
        try {
            HttpURLConnection connection =
                    (HttpURLConnection) upstream.resolve("classic").toURL().openConnection();
            int classic = connection.getResponseCode();
            int sent = client.send(
                            HttpRequest.newBuilder(upstream.resolve("send")).build(), new OwnHandler())
                    .statusCode();
            int async = client.sendAsync(
                            HttpRequest.newBuilder(upstream.resolve("async")).build(), new OwnHandler())
                    .get()
                    .statusCode();
            String loader = getClass().getClassLoader().getClass().getSimpleName();
            response.getWriter()
                    .print(loader + ": HttpURLConnection " + classic + ", send " + sent + ", sendAsync " + async);
        } catch (InterruptedException | ExecutionException e) {
            throw new ServletException(e);
        }
    }

    private static final class OwnHandler implements BodyHandler<String> {
        @Override
        public BodySubscriber<String> apply(ResponseInfo info) {
            return BodySubscribers.mapping(BodySubscribers.ofByteArray(), bytes -> bytes.length + " bytes");
        }
    }
}
