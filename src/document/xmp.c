#include "xmp.h"

#include "core/clock.h"

typedef struct {
    const char *name, *description;
} Property;

static const Property properties[] = {
    { "copyId", "Identifier of the certified copy" },
    { "number", "Certification number" },
    { "book", "Register book" },
    { "seal", "Text of the drawn seal: look-up address and COSE_Sign1" },
    { "templates", "SHA-256 of the template set" },
};

static void
append_schema(GString *out)
{
    g_string_append(
        out, "<rdf:Description rdf:about=\"\""
             " xmlns:pdfaExtension=\"http://www.aiim.org/pdfa/ns/extension/\""
             " xmlns:pdfaSchema=\"http://www.aiim.org/pdfa/ns/schema#\""
             " xmlns:pdfaProperty=\"http://www.aiim.org/pdfa/ns/property#\">"
             "<pdfaExtension:schemas><rdf:Bag><rdf:li rdf:parseType=\"Resource\">"
             "<pdfaSchema:schema>Sao Y certified copy</pdfaSchema:schema>"
             "<pdfaSchema:namespaceURI>" SAOY_XMP_NAMESPACE "</pdfaSchema:namespaceURI>"
             "<pdfaSchema:prefix>saoy</pdfaSchema:prefix>"
             "<pdfaSchema:property><rdf:Seq>");
    for (size_t i = 0; i < G_N_ELEMENTS(properties); i++)
        g_string_append_printf(out,
                               "<rdf:li rdf:parseType=\"Resource\">"
                               "<pdfaProperty:name>%s</pdfaProperty:name>"
                               "<pdfaProperty:valueType>Text</pdfaProperty:valueType>"
                               "<pdfaProperty:category>external</pdfaProperty:category>"
                               "<pdfaProperty:description>%s</pdfaProperty:description>"
                               "</rdf:li>",
                               properties[i].name, properties[i].description);
    g_string_append(out, "</rdf:Seq></pdfaSchema:property></rdf:li></rdf:Bag>"
                         "</pdfaExtension:schemas></rdf:Description>\n");
}

static void
append_element(GString *out, const char *name, const char *value)
{
    g_autofree char *escaped = g_markup_escape_text(value, -1);

    g_string_append_printf(out, "<%s>%s</%s>", name, escaped, name);
}

static void
append_core(GString *out, const SaoyApproval *approval, const char *title)
{
    g_autofree char *time = saoy_time_rfc3339(approval->approved_at_us);
    g_autofree char *name = g_markup_escape_text(title, -1);
    g_autofree char *agency = g_markup_escape_text(approval->agency, -1);

    g_string_append_printf(
        out,
        "<rdf:Description rdf:about=\"\" xmlns:dc=\"http://purl.org/dc/elements/1.1/\">"
        "<dc:format>application/pdf</dc:format>"
        "<dc:title><rdf:Alt><rdf:li xml:lang=\"x-default\">%s</rdf:li></rdf:Alt></dc:title>"
        "<dc:creator><rdf:Seq><rdf:li>%s</rdf:li></rdf:Seq></dc:creator>"
        "<dc:language><rdf:Bag><rdf:li>vi</rdf:li></rdf:Bag></dc:language>"
        "</rdf:Description>\n",
        name, agency);
    g_string_append(out, "<rdf:Description rdf:about=\"\""
                         " xmlns:xmp=\"http://ns.adobe.com/xap/1.0/\""
                         " xmlns:pdf=\"http://ns.adobe.com/pdf/1.3/\">");
    append_element(out, "xmp:CreateDate", time);
    append_element(out, "xmp:ModifyDate", time);
    append_element(out, "xmp:MetadataDate", time);
    append_element(out, "xmp:CreatorTool", approval->composer);
    append_element(out, "pdf:Producer", SAOY_PRODUCER);
    g_string_append(out, "</rdf:Description>\n");
}

char *
saoy_xmp_packet(const SaoyApproval *approval, const char *title)
{
    GString *out =
        g_string_new("<?xpacket begin=\"\xef\xbb\xbf\""
                     " id=\"W5M0MpCehiHzreSzNTczkc9d\"?>\n"
                     "<x:xmpmeta xmlns:x=\"adobe:ns:meta/\">\n"
                     "<rdf:RDF xmlns:rdf=\"http://www.w3.org/1999/02/22-rdf-syntax-ns#\">\n"
                     "<rdf:Description rdf:about=\"\""
                     " xmlns:pdfaid=\"http://www.aiim.org/pdfa/ns/id/\">"
                     "<pdfaid:part>2</pdfaid:part>"
                     "<pdfaid:conformance>B</pdfaid:conformance>"
                     "</rdf:Description>\n");
    g_autofree char *number = g_strdup_printf("%u", approval->number);

    append_core(out, approval, title);
    append_schema(out);
    g_string_append(out, "<rdf:Description rdf:about=\"\""
                         " xmlns:saoy=\"" SAOY_XMP_NAMESPACE "\">");
    append_element(out, "saoy:copyId", approval->copy_id);
    append_element(out, "saoy:number", number);
    append_element(out, "saoy:book", approval->book);
    append_element(out, "saoy:seal", approval->seal);
    append_element(out, "saoy:templates", approval->templates);
    g_string_append(out, "</rdf:Description>\n</rdf:RDF>\n</x:xmpmeta>\n"
                         "<?xpacket end=\"r\"?>");
    return g_string_free(out, FALSE);
}
