package com.example.compat;

import jakarta.ws.rs.client.Entity;
import jakarta.ws.rs.core.MediaType;
import jakarta.ws.rs.core.Response;
import jakarta.xml.ws.Dispatch;
import jakarta.xml.ws.Service;
import jakarta.xml.ws.soap.SOAPBinding;
import java.io.StringReader;
import java.io.StringWriter;
import java.net.URI;
import java.util.Set;
import javax.xml.namespace.QName;
import javax.xml.transform.Source;
import javax.xml.transform.Transformer;
import javax.xml.transform.TransformerException;
import javax.xml.transform.TransformerFactory;
import javax.xml.transform.stream.StreamResult;
import javax.xml.transform.stream.StreamSource;
import org.apache.cxf.jaxrs.client.ClientConfiguration;
import org.apache.cxf.jaxrs.client.WebClient;

/** CXF: REST over both of the JDK's clients, and SOAP, whose faults are answers with status 500. */
final class CxfProgram {
    private CxfProgram() {}

    public static void main(String[] arguments) {
        Set<String> methods = Set.of("GET", "POST", "PUT", "DELETE");
        Program.of(arguments, "CXF", "cxf-rt-transports-http")
                .calls("WebClient, HttpURLConnection", methods, request -> call(request, true))
                // In a storm its two timers race, that of the call and that of the request.
                .step("WebClient, HttpClient", "get", "ok", uri -> call(Request.of("GET", uri), false))
                .step("WebClient, HttpClient", "get-large", "large", uri -> call(Request.of("GET", uri), false))
                .step("WebClient, HttpClient", "get-redirected", "redirect", uri -> call(Request.of("GET", uri), false))
                .step(
                        "WebClient, HttpClient",
                        "get-not-found",
                        "status-404",
                        uri -> call(Request.of("GET", uri), false))
                .step("WebClient, HttpClient", "post", "ok", uri -> call(Request.of("POST", uri), false))
                .step("WebClient, HttpClient", "post-failed", "status-500", uri -> call(Request.of("POST", uri), false))
                .step("WebClient, HttpClient", "put", "ok", uri -> call(Request.of("PUT", uri), false))
                .step("WebClient, HttpClient", "delete", "status-204", uri -> call(Request.of("DELETE", uri), false))
                .step("SOAP, HttpClient", "answer", "soap", CxfProgram::asked)
                .step("SOAP, HttpClient", "fault", "fault", CxfProgram::asked)
                .step("SOAP, HttpClient", "not-found", "status-404", CxfProgram::asked);
        System.exit(0); // its threads stay
    }

    private static Reply call(Request request, boolean classic) {
        WebClient client = WebClient.create(request.uri().toString());
        ClientConfiguration config = WebClient.getConfig(client);
        config.getRequestContext().put("force.urlconnection.http.conduit", classic);
        config.getHttpConduit().getClient().setReceiveTimeout(Program.PATIENCE.toMillis());
        config.getHttpConduit().getClient().setAutoRedirect(true);
        request.headers().forEach((name, value) -> client.header(name, value));
        if (request.body() != null) {
            client.type(MediaType.APPLICATION_JSON);
        }
        try (Response response = request.body() == null
                ? client.invoke(request.method(), null)
                : client.invoke(request.method(), Entity.json(request.body()).getEntity())) {
            return new Reply(
                    response.getStatus(), response.readEntity(String.class), response.getHeaderString("X-Answer"));
        }
    }

    private static String asked(URI uri) throws TransformerException {
        Service service = Service.create(new QName("urn:q", "service"));
        QName port = new QName("urn:q", "port");
        service.addPort(port, SOAPBinding.SOAP11HTTP_BINDING, uri.toString());
        Dispatch<Source> dispatch = service.createDispatch(port, Source.class, Service.Mode.PAYLOAD);
        Source response = dispatch.invoke(new StreamSource(new StringReader(Soap.QUESTION)));
        StringWriter text = new StringWriter();
        Transformer transformer = TransformerFactory.newInstance().newTransformer();
        transformer.setOutputProperty("omit-xml-declaration", "yes");
        transformer.transform(response, new StreamResult(text));
        return text.toString();
    }
}
