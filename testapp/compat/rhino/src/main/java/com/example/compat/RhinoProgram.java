package com.example.compat;

import java.net.URI;
import org.mozilla.javascript.Context;
import org.mozilla.javascript.ScriptableObject;

/** JavaScript on Rhino, which shows the members of a Java object's class to the script. */
final class RhinoProgram {
    private static final String CALL = """
            var c = uri.toURL().openConnection();
            c.setRequestMethod('GET');
            c.readTimeout = 2000;
            var status = c.responseCode;
            var scanner = new java.util.Scanner(status >= 400 ? c.errorStream : c.inputStream, 'UTF-8').useDelimiter('\\\\A');
            new com.example.compat.Reply(status, scanner.hasNext() ? scanner.next() : '', c.getHeaderField('X-Answer'));
            """;

    private RhinoProgram() {}

    public static void main(String[] arguments) {
        Program.of(arguments, "Rhino", "rhino")
                .calls("on a connection", java.util.Set.of("GET"), request ->
                        (Reply) evaluated(CALL.replace("new com.", "new Packages.com."), request.uri()))
                .step(
                        "on a connection",
                        "members",
                        "ok",
                        uri -> evaluated(
                                "var c = uri.toURL().openConnection(); c.connect(); [c.responseCode, c.contentType, "
                                        + "c.usingProxy()].join(' ')",
                                uri));
    }

    private static Object evaluated(String script, URI uri) {
        try (Context context = Context.enter()) {
            ScriptableObject scope = context.initStandardObjects();
            ScriptableObject.putProperty(scope, "uri", Context.javaToJS(uri, scope));
            Object result = context.evaluateString(scope, script, "script", 1, null);
            return Context.jsToJava(
                    result,
                    script.startsWith("var c = uri.toURL().openConnection(); c.connect") ? String.class : Object.class);
        }
    }
}
