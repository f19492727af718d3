#include "cli/csv.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <zlib.h>

#include "tests/support/temp_dir.h"

namespace journey::testing {
namespace {

using ::testing::ElementsAre;
using ::testing::HasSubstr;

using Records = std::vector<std::vector<std::string>>;

class CsvTest : public ::testing::Test {
 protected:
  // The records of a file with these bytes; `lines_` are where they begin.
  absl::StatusOr<Records> Parse(const std::string& bytes) {
    WriteFile(path_, bytes);
    return ParseFile();
  }

  absl::StatusOr<Records> ParseFile() {
    lines_.clear();
    auto reader = cli::CsvReader::Open(path_);
    if (!reader.ok()) return reader.status();
    Records records;
    std::vector<std::string> fields;
    for (;;) {
      const auto more = (*reader)->Next(fields);
      if (!more.ok()) return more.status();
      if (!*more) return records;
      records.push_back(fields);
      lines_.push_back((*reader)->line());
    }
  }

  TempDir directory_;
  std::string path_ = directory_.Join("t.csv");
  std::vector<int64_t> lines_;
};

TEST_F(CsvTest, ReadsWhatRfc4180Allows) {
  const struct {
    const char* desc;
    std::string bytes;
    Records records;
  } cases[] = {
      {"plain", "a,b\n1,2\n", {{"a", "b"}, {"1", "2"}}},
      {"no final line feed", "a,b\n1,2", {{"a", "b"}, {"1", "2"}}},
      {"CRLF", "a,b\r\n1,2\r\n", {{"a", "b"}, {"1", "2"}}},
      {"byte order mark",
       "\xEF\xBB\xBF"
       "a\n1\n",
       {{"a"}, {"1"}}},
      {"mark and quote", "\xEF\xBB\xBF\"a\"\n", {{"a"}}},
      {"empty fields", ",\n,,\n", {{"", ""}, {"", "", ""}}},
      {"quoted comma", "\"a,b\",c\n", {{"a,b", "c"}}},
      {"doubled quote", "\"a\"\"b\"\n", {{"a\"b"}}},
      {"quoted line feed", "\"a\nb\",c\r\n", {{"a\nb", "c"}}},
      {"quoted CRLF", "\"a\r\nb\"\n", {{"a\r\nb"}}},
      {"quoted empty", "\"\"\n", {{""}}},
      {"quote inside", "a\"b,c\n", {{"a\"b", "c"}}},
      {"lone CR", "a\rb\n", {{"a\rb"}}},
      {"blank lines", "\n\na\n\n\nb\n\n", {{"a"}, {"b"}}},
      {"empty file", "", {}},
      {"only a mark", "\xEF\xBB\xBF", {}},
      {"UTF-8", "Ü,日本\n", {{"Ü", "日本"}}},
  };
  for (const auto& test : cases) {
    const auto records = Parse(test.bytes);
    ASSERT_TRUE(records.ok()) << test.desc;
    EXPECT_EQ(*records, test.records) << test.desc;
  }
}

TEST_F(CsvTest, TellsTheLineOnWhichARecordBegins) {
  ASSERT_TRUE(Parse("a\n\"x\ny\"\nb\r\n\nc\n").ok());
  EXPECT_THAT(lines_, ElementsAre(1, 2, 4, 6));
}

TEST_F(CsvTest, ReadsGzip) {
  gzFile file = gzopen(path_.c_str(), "wb");
  ASSERT_EQ(gzputs(file, "a,b\n1,2\n"), 8);
  gzclose(file);
  const auto records = ParseFile();
  ASSERT_TRUE(records.ok());
  EXPECT_EQ(records->size(), 2u);
}

TEST_F(CsvTest, NoticesDamagedGzip) {
  gzFile file = gzopen(path_.c_str(), "wb");
  std::string text;
  for (int i = 0; i < 100'000; ++i) text += std::to_string(i * 7919) + "\n";
  gzwrite(file, text.data(), static_cast<unsigned>(text.size()));
  gzclose(file);
  std::string bytes = ReadFile(path_);
  WriteFile(path_, bytes.substr(0, bytes.size() / 2));
  EXPECT_FALSE(ParseFile().ok());
  for (size_t i = 0; i < 64; ++i) bytes[bytes.size() / 2 + i] ^= 0x5A;
  WriteFile(path_, bytes);
  EXPECT_FALSE(ParseFile().ok());
}

TEST_F(CsvTest, RecordsCrossTheReadBuffer) {
  std::string bytes;
  Records expected;
  for (int i = 0; i < 60'000; ++i) {
    const std::string value = "value " + std::to_string(i);
    bytes += "\"" + value + "\",\"x\"\"y\"\r\n";
    expected.push_back({value, "x\"y"});
  }
  const auto records = Parse(bytes);
  ASSERT_TRUE(records.ok());
  EXPECT_EQ(*records, expected);
}

TEST_F(CsvTest, OpenQuoteNamesTheLine) {
  const auto records = Parse("a\nb\n\"c\nd\n");
  EXPECT_THAT(std::string(records.status().message()),
              HasSubstr("line 3: a quote is never closed"));
}

TEST_F(CsvTest, MissingFileIsAnError) {
  EXPECT_THAT(std::string(ParseFile().status().message()),
              HasSubstr("No such file"));
}

}  // namespace
}  // namespace journey::testing
