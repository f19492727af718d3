// Baselines of pipeline stages, from the deals that were won.
#ifndef CLI_CALIBRATION_H_
#define CLI_CALIBRATION_H_

#include <cstdint>
#include <map>
#include <ostream>
#include <string>
#include <utility>
#include <vector>

#include "journey/v1/deal.pb.h"
#include "journey/v1/rules.pb.h"

namespace journey::cli {

class Calibration {
 public:
  // Takes the visits into account that a won deal has left.
  void Add(const v1::Deal& deal);

  [[nodiscard]] int64_t deal_count() const { return deal_count_; }
  [[nodiscard]] bool empty() const { return stages_.empty(); }

  // The pipelines by id; of each the stages in the order in which deals come
  // through them, with nothing but their baselines.
  [[nodiscard]] std::vector<v1::PipelineRules> Pipelines() const;

 private:
  struct Visits {
    int64_t count = 0;
    // Of all together. As a double, which a sum of long visits does not exceed.
    double micros = 0;
    // The sum of their places in the deals' histories.
    int64_t places = 0;
  };

  int64_t deal_count_ = 0;
  // By pipeline and stage.
  std::map<std::pair<std::string, std::string>, Visits> stages_;
};

// One line a stage.
void PrintBaselines(const std::vector<v1::PipelineRules>& pipelines,
                    std::ostream& out);

// The same as a part of a rule set file. What a rule set would refuse is a
// comment: a stage whose id cannot be one of a rule set, or through which deals
// went in no time.
void PrintBaselinesYaml(const std::vector<v1::PipelineRules>& pipelines,
                        std::ostream& out);

}  // namespace journey::cli

#endif  // CLI_CALIBRATION_H_
