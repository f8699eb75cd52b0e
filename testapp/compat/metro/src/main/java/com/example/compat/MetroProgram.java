package com.example.compat;

import jakarta.xml.ws.Dispatch;
import jakarta.xml.ws.Service;
import jakarta.xml.ws.soap.SOAPBinding;
import java.io.StringReader;
import java.io.StringWriter;
import java.net.URI;
import javax.xml.namespace.QName;
import javax.xml.transform.Source;
import javax.xml.transform.Transformer;
import javax.xml.transform.TransformerException;
import javax.xml.transform.TransformerFactory;
import javax.xml.transform.stream.StreamResult;
import javax.xml.transform.stream.StreamSource;

/** The reference implementation of JAX-WS, whose faults are answers with status 500. */
final class MetroProgram {
    private MetroProgram() {}

    public static void main(String[] arguments) {
        Program.of(arguments, "JAX-WS RI", "jaxws-rt")
                .step("SOAP, HttpURLConnection", "answer", "soap", MetroProgram::asked)
                .step("SOAP, HttpURLConnection", "fault", "fault", MetroProgram::asked)
                .step("SOAP, HttpURLConnection", "not-found", "status-404", MetroProgram::asked);
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
