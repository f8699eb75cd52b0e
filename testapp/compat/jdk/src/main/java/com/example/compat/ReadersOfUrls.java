package com.example.compat;

import java.awt.image.BufferedImage;
import java.io.IOException;
import java.io.InputStream;
import java.net.Authenticator;
import java.net.HttpURLConnection;
import java.net.JarURLConnection;
import java.net.PasswordAuthentication;
import java.net.URI;
import java.net.URL;
import java.net.URLClassLoader;
import java.net.URLConnection;
import java.nio.charset.StandardCharsets;
import java.util.Locale;
import java.util.Properties;
import java.util.Scanner;
import javax.imageio.ImageIO;
import javax.xml.parsers.DocumentBuilderFactory;
import javax.xml.parsers.ParserConfigurationException;
import javax.xml.stream.XMLInputFactory;
import javax.xml.stream.XMLStreamException;
import javax.xml.stream.XMLStreamReader;
import javax.xml.transform.TransformerException;
import javax.xml.transform.TransformerFactory;
import javax.xml.transform.stream.StreamResult;
import javax.xml.transform.stream.StreamSource;
import org.xml.sax.SAXException;

/** Calls the JDK's own classes that open URLs and read them. */
final class ReadersOfUrls {
    private ReadersOfUrls() {}

    static void steps(Program program) {
        String name = "what reads a URL";
        program.step(
                        name,
                        "open-stream",
                        "large",
                        uri -> JdkProgram.text(uri.toURL().openStream()).length())
                .step(
                        name,
                        "open-stream-not-found",
                        "status-404",
                        uri -> JdkProgram.text(uri.toURL().openStream()))
                .step(name, "scanner", "properties", ReadersOfUrls::scanner)
                .step(name, "properties", "properties", ReadersOfUrls::properties)
                .step(name, "image", "png", ReadersOfUrls::image)
                .step(name, "content-of-a-kind", "properties", ReadersOfUrls::content)
                .step(name, "image-content", "png", uri -> uri.toURL().getContent() != null)
                .step(name, "xml-with-dtd", "xml", ReadersOfUrls::xml)
                .step(name, "stax", "dtd", ReadersOfUrls::notXml)
                .step(name, "transformer", "xml", ReadersOfUrls::transformed)
                .step(name, "class-loader", "jar", ReadersOfUrls::classLoader)
                .step(name, "class-loader-not-found", "status-404", ReadersOfUrls::classLoader)
                .step(name, "jar-connection", "jar", ReadersOfUrls::jarConnection)
                .step(name, "authenticator", "private", ReadersOfUrls::authenticated)
                .step(name, "not-let-in", "private", ReadersOfUrls::notLetIn)
                .step(name, "runtime-class", "ok", ReadersOfUrls::byReflection)
                .step(name, "disconnect-twice", "ok", ReadersOfUrls::disconnected)
                .step(name, "wrapped", "ok", uri -> JdkProgram.reply(new WrappedConnection(uri.toURL())))
                .step(
                        name,
                        "wrapped-not-found",
                        "status-404",
                        uri -> JdkProgram.reply(new WrappedConnection(uri.toURL())));
    }

    private static String scanner(URI uri) throws IOException {
        try (Scanner scanner = new Scanner(uri.toURL().openStream(), StandardCharsets.UTF_8)) {
            return scanner.nextLine();
        }
    }

    private static String properties(URI uri) throws IOException {
        Properties properties = new Properties();
        try (InputStream in = uri.toURL().openStream()) {
            properties.load(in);
        }
        return properties.toString();
    }

    private static String image(URI uri) throws IOException {
        BufferedImage image = ImageIO.read(uri.toURL());
        return image.getWidth() + " x " + image.getHeight();
    }

    private static Object content(URI uri) throws IOException {
        Object content = uri.toURL().getContent(new Class<?>[] {String.class, InputStream.class});
        return content instanceof InputStream in ? "stream: " + JdkProgram.text(in) : content;
    }

    private static String xml(URI uri) throws IOException, ParserConfigurationException, SAXException {
        return DocumentBuilderFactory.newInstance()
                .newDocumentBuilder()
                .parse(uri.toString().replace("/xml-with-dtd/xml", "/xml-with-dtd/xml"))
                .getDocumentElement()
                .getTextContent();
    }

    private static String notXml(URI uri) throws XMLStreamException {
        XMLStreamReader reader = XMLInputFactory.newFactory().createXMLStreamReader(new StreamSource(uri.toString()));
        StringBuilder events = new StringBuilder();
        while (reader.hasNext()) {
            events.append(reader.next()).append(' ');
        }
        return events.toString();
    }

    private static String transformed(URI uri) throws TransformerException {
        java.io.StringWriter out = new java.io.StringWriter();
        TransformerFactory.newInstance()
                .newTransformer()
                .transform(new StreamSource(uri.toString()), new StreamResult(out));
        return out.toString();
    }

    private static String classLoader(URI uri) throws IOException {
        URL resource;
        try (URLClassLoader loader = new URLClassLoader(new URL[] {uri.toURL()}, null)) {
            resource = loader.getResource("entry.txt");
            InputStream in = loader.getResourceAsStream("entry.txt");
            return (resource == null ? "nothing" : "found") + " " + JdkProgram.text(in);
        }
    }

    private static String jarConnection(URI uri) throws IOException {
        URL url = URI.create("jar:" + uri + "!/entry.txt").toURL();
        JarURLConnection connection = (JarURLConnection) url.openConnection();
        connection.setUseCaches(false);
        return connection.getEntryName() + " " + JdkProgram.text(connection.getInputStream()) + " "
                + connection.getJarFileURL().getPath();
    }

    private static Reply authenticated(URI uri) throws IOException {
        HttpURLConnection connection = (HttpURLConnection) uri.toURL().openConnection();
        connection.setAuthenticator(new Authenticator() {
            @Override
            protected PasswordAuthentication getPasswordAuthentication() {
                return new PasswordAuthentication("user", "word".toCharArray());
            }
        });
        return JdkProgram.reply(connection);
    }

    private static Reply notLetIn(URI uri) throws IOException {
        return JdkProgram.reply((HttpURLConnection) uri.toURL().openConnection());
    }

    /**
     * Reads by reflection, as template engines and dynamic languages do: the public methods of a public class above the
     * runtime class.
     */
    private static String byReflection(URI uri) throws IOException, ReflectiveOperationException {
        URLConnection connection = uri.toURL().openConnection();
        Class<?> visible = connection.getClass();
        while (!visible.getName().startsWith("java.")) {
            visible = visible.getSuperclass();
        }
        return visible.getMethod("getResponseCode").invoke(connection) + " "
                + visible.getMethod("getContentType").invoke(connection) + " "
                + visible.getSimpleName().toUpperCase(Locale.ROOT);
    }

    private static String disconnected(URI uri) throws IOException {
        HttpURLConnection connection = (HttpURLConnection) uri.toURL().openConnection();
        connection.disconnect();
        int status = connection.getResponseCode();
        connection.disconnect();
        connection.disconnect();
        return status + " " + connection.getHeaderField("X-Answer");
    }
}
