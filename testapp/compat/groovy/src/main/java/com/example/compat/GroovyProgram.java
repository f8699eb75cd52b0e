package com.example.compat;

import groovy.lang.Binding;
import groovy.lang.GroovyShell;
import java.net.URI;
import java.util.Set;

/** Scripts in Groovy, which calls methods and sets properties of whatever class a connection is of. */
final class GroovyProgram {
    private static final String CONNECTION = """
            def c = request.uri().toURL().openConnection()
            c.requestMethod = request.method()
            c.readTimeout = 2000
            request.headers().each { k, v -> c.setRequestProperty(k, v) }
            if (request.body() != null) {
                c.doOutput = true
                c.setRequestProperty('Content-Type', 'application/json')
                c.outputStream.withWriter { it << request.body() }
            }
            def status = c.responseCode
            def body = status >= 400 ? c.errorStream?.text : c.inputStream.text
            new com.example.compat.Reply(status, body ?: '', c.getHeaderField('X-Answer'))
            """;

    private GroovyProgram() {}

    public static void main(String[] arguments) {
        String name = "on a connection";
        Program.of(arguments, "Groovy", "groovy")
                .calls(name, Set.of("GET", "POST", "PUT", "DELETE"), request ->
                        (Reply) run(CONNECTION, "request", request))
                .step("URL.text", "get", "ok", uri -> evaluated("uri.toURL().text", uri))
                .step(
                        "URL.text",
                        "get-with-timeout",
                        "large",
                        uri -> evaluated("uri.toURL().getText(readTimeout: 2000).length()", uri))
                .step("URL.text", "get-not-found", "status-404", uri -> evaluated("uri.toURL().text", uri))
                .step("URL.text", "lines", "properties", uri -> evaluated("uri.toURL().readLines()", uri))
                .step(
                        name,
                        "with",
                        "ok",
                        uri -> evaluated(
                                "uri.toURL().openConnection().with { requestMethod = 'GET'; connect(); "
                                        + "[responseCode, contentType, headerFields['X-Answer']] }",
                                uri))
                .step(
                        name,
                        "properties",
                        "ok",
                        uri -> evaluated(
                                "def c = uri.toURL().openConnection(); c.responseCode; [c.requestMethod, "
                                        + "c.responseMessage, c.URL.path, c.contentLength]",
                                uri))
                .step(
                        name,
                        "class",
                        "ok",
                        uri -> evaluated("uri.toURL().openConnection() instanceof HttpURLConnection", uri));
    }

    private static Object evaluated(String script, URI uri) {
        return run(script, "uri", uri);
    }

    private static Object run(String script, String name, Object value) {
        Binding binding = new Binding();
        binding.setVariable(name, value);
        return new GroovyShell(binding).evaluate(script);
    }
}
