package io.headwater.model.featurise;

import static java.nio.charset.StandardCharsets.UTF_8;

import io.headwater.model.onnx.ToyEncoder;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.Base64;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

/** Tokenizers of the usual kinds, and others that the native code must never see. */
final class HostileTokenizers {
  private static final String SPECIAL = "{\"SpecialToken\":{\"id\":\"[CLS]\",\"type_id\":0}}";
  private static final String TEXT = "{\"Sequence\":{\"id\":\"A\",\"type_id\":0}}";
  private static final String CLS =
      "{\"[CLS]\":{\"id\":\"[CLS]\",\"ids\":[2],\"tokens\":[\"[CLS]\"]}}";

  private HostileTokenizers() {}

  static List<byte[]> sound() {
    return List.of(ToyEncoder.tokenizer(), wordPiece(), bytePairs(), unigram());
  }

  /** Like those of BERT. */
  private static byte[] wordPiece() {
    return file(
        """
        {"type":"BertNormalizer","clean_text":true,"handle_chinese_chars":true,
         "strip_accents":null,"lowercase":true}""",
        "{\"type\":\"BertPreTokenizer\"}",
        template(SPECIAL + "," + TEXT, CLS),
        """
        {"type":"WordPiece","unk_token":"[UNK]","continuing_subword_prefix":"##",
         "max_input_chars_per_word":100,
         "vocab":{"[UNK]":1,"[CLS]":2,"good":4,"ba":5,"##d":6,"f":7,"##ilm":8}}""");
  }

  /** Like those of RoBERTa. */
  private static byte[] bytePairs() {
    return file(
        "null",
        """
        {"type":"ByteLevel","add_prefix_space":false,"trim_offsets":true,"use_regex":true}""",
        """
        {"type":"RobertaProcessing","sep":["</s>",2],"cls":["<s>",0],"trim_offsets":true,
         "add_prefix_space":false}""",
        """
        {"type":"BPE","dropout":null,"unk_token":null,"continuing_subword_prefix":"",
         "end_of_word_suffix":"","fuse_unk":false,"byte_fallback":false,
         "vocab":{"<s>":0,"</s>":2,"g":3,"o":4,"d":5,"oo":6,"goo":7},
         "merges":["o o","g oo"]}""");
  }

  /** Like those of XLM-RoBERTa. */
  private static byte[] unigram() {
    return file(
        """
        {"type":"Sequence","normalizers":[{"type":"Precompiled","precompiled_charsmap":"%s"},
         {"type":"Replace","pattern":{"Regex":" {2,}"},"content":" "}]}"""
            .formatted(map(map(256, 0), 'b', 'B')),
        """
        {"type":"Metaspace","replacement":"\u2581","prepend_scheme":"always","split":true}""",
        template(SPECIAL + "," + TEXT, CLS),
        """
        {"type":"Unigram","unk_id":1,"byte_fallback":false,
         "vocab":[["<s>",0.0],["<unk>",0.0],["\u2581good",-3.5],["\u2581",-4.0],["B",-5.25]]}""");
  }

  /** What once ended the process, took its memory, or gave more tokens than it was told to. */
  static Map<String, byte[]> refused() {
    Map<String, byte[]> files = new TreeMap<>();
    files.put("FixedLength of none", with("pre_tokenizer", "{'type':'FixedLength','length':0}"));
    files.put(
        "merges with a prefix",
        with(
            "model",
            "{'type':'BPE','vocab':{'a':0,'b':1,'ab':2},'merges':['a b'],"
                + "'continuing_subword_prefix':'####'}"));
    files.put("chance", with("model", "{'type':'BPE','vocab':{},'merges':[],'dropout':1.0}"));
    files.put(
        "endless words",
        with(
            "model",
            "{'type':'WordPiece','unk_token':'a','continuing_subword_prefix':'##',"
                + "'max_input_chars_per_word':1000000000,'vocab':{'a':0}}"));
    files.put(
        "second text", with("post_processor", template(TEXT.replace("\"A\"", "\"B\""), "{}")));
    files.put("unsaid token", with("post_processor", template(SPECIAL + "," + TEXT, "{}")));
    files.put(
        "many tokens", with("post_processor", template((SPECIAL + ",").repeat(17) + TEXT, CLS)));
    files.put(
        "many processors",
        with(
            "post_processor",
            "{'type':'Sequence','processors':["
                + "{'type':'BertProcessing','sep':['x',3],'cls':['x',2]},".repeat(12)
                + "{'type':'BertProcessing','sep':['x',3],'cls':['x',2]}]}"));
    files.put("regular expression", replace("{'Regex':'(.*.*.*)*z'}", "a"));
    files.put("growth", replace("{'String':'o'}", "o".repeat(100)));
    files.put("growth of nothing", replace("{'String':''}", "o".repeat(100)));
    files.put(
        "growth in front",
        with("normalizer", "{'type':'Prepend','prepend':'" + "x".repeat(99) + "'}"));
    for (String map :
        List.of(
            "",
            "AA==",
            Base64.getEncoder().encodeToString(new byte[] {-1, -1, -1, -1}),
            map(map(1 << 12, 0), 'b', 'B'),
            map(map(256, 7), 'b', 'B'))) {
      files.put(
          "damaged map of " + map.length() + ", " + files.size(),
          with("normalizer", "{'type':'Precompiled','precompiled_charsmap':'" + map + "'}"));
    }
    return files;
  }

  private static byte[] replace(String pattern, String content) {
    return with(
        "normalizer", "{'type':'Replace','pattern':" + pattern + ",'content':'" + content + "'}");
  }

  /** Where the root's children begin, and where the replacement. */
  private static int[] map(int root, int replacement) {
    return new int[] {root, replacement};
  }

  /** A map of one letter to another. */
  private static String map(int[] places, char from, char to) {
    int[] units = new int[512];
    int leaf = 300;
    int node = 256 ^ from;
    units[0] = places[0] << 10;
    units[node] = ((node ^ leaf) << 10) | (1 << 8) | from;
    units[leaf] = (1 << 31) | places[1];
    ByteBuffer bytes = ByteBuffer.allocate(4 + 4 * units.length + 2).order(ByteOrder.LITTLE_ENDIAN);
    bytes.putInt(4 * units.length);
    for (int unit : units) {
      bytes.putInt(unit);
    }
    bytes.put((byte) to);
    return Base64.getEncoder().encodeToString(bytes.array());
  }

  private static String template(String single, String special) {
    return "{\"type\":\"TemplateProcessing\",\"single\":[%s],\"pair\":[%s],\"special_tokens\":%s}"
        .formatted(single, TEXT, special);
  }

  private static byte[] with(String part, String json) {
    String text = json.replace('\'', '"');
    String toy = new String(ToyEncoder.tokenizer(), UTF_8).strip();
    // Of two values of one name the later one holds.
    return (toy.substring(0, toy.length() - 1) + ",\"" + part + "\":" + text + "}").getBytes(UTF_8);
  }

  private static byte[] file(
      String normalizer, String preTokenizer, String postProcessor, String model) {
    return """
        {"version":"1.0","truncation":null,"padding":null,"added_tokens":[],"normalizer":%s,
         "pre_tokenizer":%s,"post_processor":%s,"decoder":null,"model":%s}
        """
        .formatted(normalizer, preTokenizer, postProcessor, model)
        .getBytes(UTF_8);
  }
}
