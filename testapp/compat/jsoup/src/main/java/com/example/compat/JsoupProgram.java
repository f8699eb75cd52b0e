package com.example.compat;

import java.io.IOException;
import org.jsoup.Connection;
import org.jsoup.Jsoup;

/** jsoup, on {@code HttpClient} or, where it is told so, on {@code HttpURLConnection}. */
final class JsoupProgram {
    private JsoupProgram() {}

    public static void main(String[] arguments) {
        Program program = Program.of(arguments, "jsoup", "jsoup");
        program.calls("HttpClient", JsoupProgram::call)
                .step(
                        "HttpClient",
                        "page",
                        "ok",
                        uri -> Jsoup.connect(uri.toString())
                                .ignoreContentType(true)
                                .get()
                                .text())
                .step(
                        "HttpClient",
                        "page-not-found",
                        "status-404",
                        uri -> Jsoup.connect(uri.toString()).get())
                .step(
                        "HttpClient",
                        "gzip",
                        "gzip",
                        uri -> Jsoup.connect(uri.toString()).execute().body());
        System.setProperty("jsoup.useHttpClient", "false");
        program.calls("HttpURLConnection", java.util.Set.of("GET", "POST", "PUT", "DELETE"), JsoupProgram::call)
                .step(
                        "HttpURLConnection",
                        "gzip",
                        "gzip",
                        uri -> Jsoup.connect(uri.toString()).execute().body());
    }

    private static Reply call(Request request) throws IOException {
        Connection connection = Jsoup.connect(request.uri().toString())
                .method(Connection.Method.valueOf(request.method()))
                .ignoreContentType(true)
                .ignoreHttpErrors(true)
                .timeout((int) Program.PATIENCE.toMillis());
        request.headers().forEach(connection::header);
        if (request.body() != null) {
            connection.header("Content-Type", Request.JSON).requestBody(request.body());
        }
        Connection.Response response = connection.execute();
        return new Reply(response.statusCode(), response.body(), response.header("X-Answer"));
    }
}
