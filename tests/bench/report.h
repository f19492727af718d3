// The figures of a run, as a table and as JSON.
#ifndef TESTS_BENCH_REPORT_H_
#define TESTS_BENCH_REPORT_H_

#include <string>
#include <vector>

namespace journey::bench {

struct Figure {
  // snake_case, for JSON.
  std::string name;
  double value = 0;
  std::string unit;
  // What it may be compared with, in words; may be empty.
  std::string remark;
};

class Report {
 public:
  void Add(std::string name, double value, std::string unit,
           std::string remark = "");

  // Aligned columns.
  [[nodiscard]] std::string Table() const;
  [[nodiscard]] std::string Json() const;

 private:
  std::vector<Figure> figures_;
};

}  // namespace journey::bench

#endif  // TESTS_BENCH_REPORT_H_
