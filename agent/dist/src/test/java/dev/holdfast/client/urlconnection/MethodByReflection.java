package dev.holdfast.client.urlconnection;

import java.io.IOException;
import java.lang.reflect.Field;
import java.net.HttpURLConnection;
import java.net.URI;

/** A program that sets the method as some client libraries do for PATCH; {@code late}: once the connection is there. */
final class MethodByReflection {
    private MethodByReflection() {}

    public static void main(String[] arguments) throws Exception {
        URI uri = URI.create(arguments[0]);
        for (String method : new String[] {"PATCH", "GET / HTTP/1.1\r\nX-Second: 1\r\n\r\nGET"}) {
            for (boolean late : new boolean[] {false, true}) {
                HttpURLConnection connection = (HttpURLConnection) uri.toURL().openConnection();
                if (late) {
                    connection.connect();
                }
                Field field = HttpURLConnection.class.getDeclaredField("method");
                field.setAccessible(true);
                field.set(connection, method);
                System.out.println("asked for " + connection.getRequestMethod().equals(method));
                System.out.println(outcome(connection));
                System.out.println(outcome(connection));
            }
        }
    }

    private static String outcome(HttpURLConnection connection) {
        try {
            return "" + connection.getResponseCode();
        } catch (IOException e) {
            return e.toString();
        }
    }
}
