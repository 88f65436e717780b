package org.r1zero.verify.environment;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Path;
import org.apache.lucene.analysis.Analyzer;
import org.apache.lucene.analysis.standard.StandardAnalyzer;
import org.apache.lucene.document.Document;
import org.apache.lucene.document.Field;
import org.apache.lucene.document.StoredField;
import org.apache.lucene.document.TextField;
import org.apache.lucene.index.DirectoryReader;
import org.apache.lucene.index.IndexWriter;
import org.apache.lucene.index.IndexWriterConfig;
import org.apache.lucene.search.IndexSearcher;
import org.apache.lucene.search.Query;
import org.apache.lucene.search.ScoreDoc;
import org.apache.lucene.store.ByteBuffersDirectory;
import org.apache.lucene.util.QueryBuilder;
import org.r1zero.verify.OptionReader;
import org.r1zero.verify.ProgramHome;
import org.r1zero.verify.Verifiers;
import org.r1zero.verify.records.RecordFile;
import org.r1zero.verify.records.Records;

/**
 * Search over a local corpus, as in Search-R1 (arXiv:2503.09516): {@code <search>who</search>} is
 * answered by the best documents between {@code <information>} and {@code </information>}, a {@code
 * <tool_call>} of {@code search} with the argument {@code query} likewise; see {@link Tool}.
 * Documents are ranked by BM25 (Apache Lucene, its defaults), equal ones in the order of the file.
 *
 * <p>Options beside the tags: {@code corpus}, a file of JSON lines, which may be gzipped; {@code
 * text} and {@code title}, its fields ({@code text} and {@code title}); {@code top_k} (3); {@code
 * max_output} (characters of each document that are shown, 500). The index is in memory.
 */
public final class SearchProvider implements EnvironmentProvider {
  private static final int MOST_QUERY = 1000;
  private static final String OWNER = "environment 'search'";

  @Override
  public String id() {
    return "search";
  }

  @Override
  public EnvironmentFactory create(JsonNode node, Verifiers known) {
    OptionReader options = OptionReader.of(OWNER, node);
    String corpus = options.text("corpus", "");
    String text = options.text("text", "text");
    String title = options.text("title", "title");
    int topK = options.integer("top_k", 3, 1, 100);
    int longest = options.integer("max_output", 500, 1, 100_000);
    Tool tool = new Tool(options, "search", "query", "search", "information");
    if (corpus.isEmpty()) {
      options.fault("option 'corpus' must name a file of JSON lines");
    }
    options.finish();
    Index index = new Index(ProgramHome.find(Path.of(corpus)), text, title, topK, longest);
    return (problem, seed) -> turn -> tool.answer(turn, index::find);
  }

  /** The corpus in memory; for many threads. */
  private static final class Index {
    private final Analyzer analyzer = new StandardAnalyzer();
    private final IndexSearcher searcher;
    private final int topK;
    private final int longest;

    Index(Path corpus, String text, String title, int topK, int longest) {
      this.topK = topK;
      this.longest = longest;
      ByteBuffersDirectory memory = new ByteBuffersDirectory();
      try {
        try (IndexWriter writer = new IndexWriter(memory, new IndexWriterConfig(analyzer));
            RecordFile lines = RecordFile.open(corpus)) {
          for (String line = lines.next(); line != null; line = lines.next()) {
            writer.addDocument(document(line, lines.where(), text, title));
          }
          writer.forceMerge(1); // one segment: equal documents keep the order of the file
        }
        this.searcher = new IndexSearcher(DirectoryReader.open(memory));
      } catch (IOException e) {
        throw new IllegalArgumentException(
            OWNER + ": can't read the corpus " + corpus + ": " + e.getMessage(), e);
      }
      if (searcher.getIndexReader().numDocs() == 0) {
        throw new IllegalArgumentException(OWNER + ": the corpus " + corpus + " has no documents");
      }
    }

    private static Document document(String line, String where, String text, String title) {
      JsonNode node;
      try {
        node = Records.parse(line);
      } catch (JsonProcessingException e) {
        throw new IllegalArgumentException(
            OWNER + ": " + where + " is not JSON: " + Records.why(e), e);
      }
      if (!node.path(text).isTextual()) {
        throw new IllegalArgumentException(
            OWNER + ": " + where + " has no text in the field '" + text + "'");
      }
      String heading = node.path(title).asText("");
      Document document = new Document();
      document.add(new StoredField("title", heading));
      document.add(new StoredField("body", node.path(text).textValue()));
      document.add(
          new TextField("all", heading + "\n" + node.path(text).textValue(), Field.Store.NO));
      return document;
    }

    String find(String asked) {
      Query query =
          new QueryBuilder(analyzer)
              .createBooleanQuery("all", Records.shortened(asked, MOST_QUERY, ""));
      if (query == null) {
        return "nothing found";
      }
      StringBuilder found = new StringBuilder();
      try {
        int number = 0;
        for (ScoreDoc hit : searcher.search(query, topK).scoreDocs) {
          Document document = searcher.storedFields().document(hit.doc);
          String heading = document.get("title");
          found
              .append(number == 0 ? "" : "\n")
              .append("Doc ")
              .append(++number)
              .append(heading.isEmpty() ? "" : " (" + heading + ")")
              .append(": ")
              .append(Records.shortened(document.get("body").strip(), longest, "…"));
        }
      } catch (IOException e) {
        throw new UncheckedIOException("the index in memory can't be read", e);
      }
      return found.isEmpty() ? "nothing found" : found.toString();
    }
  }
}
