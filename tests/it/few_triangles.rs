//! Shapes that are redrawn with fewer triangles look as those that were asked for.

use egui::epaint::Primitive;
use egui::{Color32, Pos2, Rect, Shape, Stroke, Theme, pos2, vec2};
use egui_kittest::Harness;
use image::RgbaImage;
use metascope::window::FewTriangles;

use crate::common::soft_renderer::SoftRenderer;

const WHITE: Color32 = Color32::WHITE;
const SIDE: f32 = 100.0;
/// The largest radius for which egui keeps a disc, in pixels.
const LARGEST_DISC: f32 = 8.0;

/// A black square on which the shapes were drawn.
struct Drawn {
    harness: Harness<'static>,
    scale: f32,
}

fn drawn(shapes: Vec<Shape>, theme: Theme, scale: f32) -> Drawn {
    let harness = Harness::builder()
        .with_size([SIDE, SIDE])
        .with_pixels_per_point(scale)
        .with_theme(theme)
        .renderer(SoftRenderer::default())
        .build_ui(move |ui| {
            FewTriangles::install(ui.ctx());
            let painter = ui.painter().with_clip_rect(Rect::EVERYTHING);
            painter.rect_filled(Rect::from_min_size(Pos2::ZERO, vec2(SIDE, SIDE)), 0.0, Color32::BLACK);
            painter.extend(shapes.clone());
        });
    Drawn { harness, scale }
}

impl Drawn {
    fn picture(&mut self) -> RgbaImage {
        self.harness.render().unwrap()
    }

    /// Sum of white over the picture, in square points.
    fn ink(&mut self) -> f32 {
        self.light(1)
    }

    /// Sum of red, green or blue.
    fn light(&mut self, channel: usize) -> f32 {
        let image = self.picture();
        image.pixels().map(|pixel| f32::from(pixel.0[channel]) / 255.0).sum::<f32>() / (self.scale * self.scale)
    }

    /// Triangles besides those of the black square.
    fn triangles(&self) -> usize {
        let shapes = self.harness.output().shapes.clone();
        let meshes = self.harness.ctx.tessellate(shapes, self.scale);
        let count = |primitive: &Primitive| match primitive {
            Primitive::Mesh(mesh) => mesh.indices.len() / 3,
            Primitive::Callback(_) => 0,
        };
        meshes.iter().map(|mesh| count(&mesh.primitive)).sum::<usize>() - drawn_nothing(self.scale)
    }

    fn has(&self, what: impl Fn(&Shape) -> bool) -> bool {
        self.harness.output().shapes.iter().any(|clipped| what(&clipped.shape))
    }
}

fn drawn_nothing(scale: f32) -> usize {
    let nothing = drawn(Vec::new(), Theme::Dark, scale);
    let meshes = nothing.harness.ctx.tessellate(nothing.harness.output().shapes.clone(), scale);
    let count = |primitive: &Primitive| match primitive {
        Primitive::Mesh(mesh) => mesh.indices.len() / 3,
        Primitive::Callback(_) => 0,
    };
    meshes.iter().map(|mesh| count(&mesh.primitive)).sum()
}

fn wave() -> Vec<Pos2> {
    (0..=40).map(|step| pos2(10.0 + 2.0 * step as f32, 50.0 + 20.0 * (0.2 * step as f32).sin())).collect()
}

fn length(points: &[Pos2]) -> f32 {
    points.windows(2).map(|pair| pair[0].distance(pair[1])).sum()
}

#[test]
fn a_line_covers_as_much_as_it_is_wide() {
    for theme in [Theme::Dark, Theme::Light] {
        for scale in [1.0, 1.5, 2.0] {
            for width in [0.5, 1.0, 1.2, 1.6, 2.0, 2.4, 4.0, 7.0] {
                let points = wave();
                let asked = width * length(&points);
                let ink = drawn(vec![Shape::line(points, Stroke::new(width, WHITE))], theme, scale).ink();
                assert!((ink / asked - 1.0).abs() < 0.06, "{theme:?}, scale {scale}, width {width}: {ink} of {asked}");
            }
        }
    }
}

#[test]
fn two_triangles_a_piece_and_one_for_a_sharp_corner() {
    let points = wave();
    let pieces = points.len() - 1;
    let line = drawn(vec![Shape::line(points, Stroke::new(2.0, WHITE))], Theme::Dark, 1.0);
    assert!((pieces..2 * pieces).contains(&line.triangles()), "a curve needs most of its points");
    let straight = (0..=40).map(|step| pos2(10.0 + 2.0 * step as f32, 20.0 + step as f32)).collect();
    let line = drawn(vec![Shape::line(straight, Stroke::new(2.0, WHITE))], Theme::Dark, 1.0);
    assert_eq!(line.triangles(), 2, "a straight line is one piece");
    let zigzag = vec![pos2(20.0, 80.0), pos2(30.0, 20.0), pos2(40.0, 80.0)];
    let line = drawn(vec![Shape::line(zigzag, Stroke::new(2.0, WHITE))], Theme::Dark, 1.0);
    assert_eq!(line.triangles(), 5);
    let still = vec![pos2(20.0, 20.0), pos2(20.0, 20.0), pos2(60.0, 40.0), pos2(60.0, 40.0)];
    let line = drawn(vec![Shape::line(still, Stroke::new(2.0, WHITE))], Theme::Dark, 1.0);
    assert_eq!(line.triangles(), 2, "points that do not move draw nothing");
}

#[test]
fn corners_have_no_gap() {
    for turn in [10.0_f32, 60.0, 89.0, 91.0, 120.0, -60.0, -120.0] {
        let (corner, angle) = (pos2(50.0, 50.0), (turn + 23.0).to_radians());
        let (sin, cos) = 23.0_f32.to_radians().sin_cos();
        let from = corner - 30.0 * vec2(cos, sin);
        let to = corner + 30.0 * vec2(angle.cos(), angle.sin());
        let picture =
            drawn(vec![Shape::line(vec![from, corner, to], Stroke::new(6.0, WHITE))], Theme::Dark, 2.0).picture();
        for (x, y) in (98..=101).flat_map(|x| (98..=101).map(move |y| (x, y))) {
            let white = picture.get_pixel(x, y).0[1];
            assert!(white > 250, "turn by {turn}: {white} at {x}, {y}");
        }
    }
}

#[test]
fn level_and_upright_lines_are_sharp() {
    for (width, rows) in [(1.0, 1), (2.0, 2)] {
        let stroke = Stroke::new(width, WHITE);
        let level = Shape::line_segment([pos2(20.0, 40.3), pos2(60.0, 40.3)], stroke);
        let picture = drawn(vec![level], Theme::Dark, 1.0).picture();
        let white = |x, y| picture.get_pixel(x, y).0[1];
        assert_eq!((0..100).filter(|y| white(40, *y) == 255).count(), rows);
        assert_eq!((0..100).filter(|y| white(40, *y) > 0).count(), rows);
        assert_eq!((0..100).filter(|x| (0..100).any(|y| white(*x, y) > 0)).count(), 40);
        let upright = Shape::line_segment([pos2(40.3, 60.0), pos2(40.3, 20.0)], stroke);
        let picture = drawn(vec![upright], Theme::Dark, 1.0).picture();
        assert_eq!((0..100).filter(|x| picture.get_pixel(*x, 30).0[1] > 0).count(), rows);
    }
}

#[test]
fn neighbours_are_one_shape_and_the_order_stays() {
    let line = |y: f32, colour| Shape::line_segment([pos2(10.0, y), pos2(90.0, y + 5.0)], Stroke::new(2.0, colour));
    let shapes = |drawn: &Drawn| drawn.harness.output().shapes.len();
    let nothing = shapes(&drawn(Vec::new(), Theme::Dark, 1.0));
    let together = drawn(vec![line(20.0, WHITE), Shape::Vec(vec![line(30.0, WHITE), Shape::Noop])], Theme::Dark, 1.0);
    assert_eq!(shapes(&together), nothing, "all joins the square's mesh");
    let cover = Shape::rect_filled(Rect::from_center_size(pos2(50.0, 25.0), vec2(20.0, 20.0)), 0.0, Color32::RED);
    let picture = drawn(vec![line(22.0, WHITE), cover, line(22.0, Color32::GREEN)], Theme::Dark, 1.0).picture();
    let top = picture.get_pixel(50, 24).0;
    assert!(top[0] < 5 && top[1] > 250, "{top:?}");
    assert_eq!(picture.get_pixel(50, 32).0, [255, 0, 0, 255]);
    assert_eq!(picture.get_pixel(20, 40).0, [0, 0, 0, 255]);
}

#[test]
fn what_a_disc_cannot_draw_is_left_to_egui() {
    let thick = drawn(vec![Shape::line(wave(), Stroke::new(40.0, WHITE))], Theme::Dark, 1.0);
    assert!(thick.has(|shape| matches!(shape, Shape::Path(_))));
    let filled = vec![pos2(10.0, 10.0), pos2(50.0, 10.0), pos2(30.0, 40.0)];
    let filled = drawn(vec![Shape::convex_polygon(filled, WHITE, Stroke::NONE)], Theme::Dark, 1.0);
    assert!(filled.has(|shape| matches!(shape, Shape::Path(_))));
    let fine = drawn(vec![Shape::line(wave(), Stroke::new(2.0, WHITE))], Theme::Dark, 1.0);
    assert!(!fine.has(|shape| matches!(shape, Shape::Path(_))));
}

#[test]
fn rectangles_are_sharp_and_their_corners_round() {
    let rect = Rect::from_min_max(pos2(20.0, 30.0), pos2(80.0, 60.0));
    for radius in [0_u8, 2, 3, 6] {
        let mut filled =
            drawn(vec![Shape::rect_filled(rect.translate(vec2(0.2, -0.2)), radius, WHITE)], Theme::Light, 1.0);
        let round = f32::from(radius) + if radius > 0 { 0.4 } else { 0.0 };
        let area = rect.area() - (4.0 - std::f32::consts::PI) * round * round;
        let ink = filled.ink();
        assert!((ink - area).abs() < 3.0, "radius {radius}: {ink} of {area}");
        assert!(filled.triangles() <= 14);
        let picture = filled.picture();
        let white = |x, y| picture.get_pixel(x, y).0[1];
        assert_eq!([white(50, 29), white(50, 30), white(50, 59), white(50, 60)], [0, 255, 255, 0]);
        assert_eq!([white(19, 45), white(20, 45), white(79, 45), white(80, 45)], [0, 255, 255, 0]);
    }
}

#[test]
fn circles_are_as_large_as_asked_for_and_of_two_triangles() {
    use std::f32::consts::PI;
    for scale in [1.0, 2.0] {
        for radius in [2.5_f32, 4.0, 6.0] {
            let mut filled = drawn(vec![Shape::circle_filled(pos2(50.2, 49.7), radius, WHITE)], Theme::Dark, scale);
            let found = (filled.ink() / PI).sqrt();
            assert!((found - radius).abs() < 0.15, "radius {radius}: {found}");
            assert!(scale * radius > LARGEST_DISC || filled.triangles() == 2);
            let circle = |fill, stroke: f32| {
                let stroke = Stroke::new(stroke, Color32::RED);
                Shape::from(egui::epaint::CircleShape { center: pos2(50.0, 50.0), radius, fill, stroke })
            };
            let mut outlined = drawn(vec![circle(WHITE, 2.0)], Theme::Dark, scale);
            let found = (outlined.ink() / PI).sqrt();
            assert!((found - radius).abs() < 0.25, "radius {radius}, outlined: {found}");
            let outer = (outlined.light(0) / PI).sqrt();
            assert!((outer - radius - 2.0).abs() < 0.25, "radius {radius} and 2: {outer}");
            if scale * (radius + 2.0) <= LARGEST_DISC {
                assert_eq!(outlined.triangles(), 4);
            } else {
                assert!(outlined.has(|shape| matches!(shape, Shape::Circle(_))));
            }
            let picture = outlined.picture();
            let at = |distance: f32| picture.get_pixel((scale * (50.0 + distance)) as u32, (scale * 50.0) as u32).0;
            assert_eq!(at(0.0), [255; 4]);
            let [red, green, blue, _] = at(radius + 0.6);
            assert!(red > 250 && green.max(blue) < 90, "radius {radius}: {:?}", [red, green, blue]);
            let hollow = drawn(vec![circle(Color32::TRANSPARENT, 2.0)], Theme::Dark, scale);
            assert!(hollow.has(|shape| matches!(shape, Shape::Circle(_))));
        }
    }
    let large = drawn(vec![Shape::circle_filled(pos2(50.0, 50.0), 45.0, WHITE)], Theme::Dark, 1.0);
    assert!(large.has(|shape| matches!(shape, Shape::Circle(_))));
}

#[test]
fn what_nobody_sees_is_not_drawn() {
    let whole = Rect::from_min_size(Pos2::ZERO, vec2(SIDE, SIDE));
    let unseen = drawn(vec![Shape::rect_filled(whole, 0.0, Color32::TRANSPARENT)], Theme::Dark, 1.0);
    assert_eq!(unseen.triangles(), 0);
}

#[test]
fn an_outline_lies_where_it_was_asked_for() {
    use egui::StrokeKind::{Inside, Middle, Outside};
    let rect = Rect::from_min_max(pos2(20.0, 30.0), pos2(80.0, 60.0));
    for (kind, left) in [(Inside, 20), (Middle, 20), (Outside, 19)] {
        let shape = egui::epaint::RectShape::new(rect, 2, Color32::RED, Stroke::new(1.0, Color32::GREEN), kind);
        let boxed = drawn(vec![shape.into()], Theme::Dark, 1.0);
        assert!(boxed.triangles() <= 28, "{kind:?}");
        let mut boxed = boxed;
        let picture = boxed.picture();
        let at = |x: u32| picture.get_pixel(x, 45).0;
        assert_eq!(
            [at(left - 1), at(left), at(left + 1)],
            [[0, 0, 0, 255], [0, 255, 0, 255], [255, 0, 0, 255]],
            "{kind:?}"
        );
    }
    let shape = egui::epaint::RectShape::new(rect, 2, Color32::TRANSPARENT, Stroke::new(1.0, WHITE), Inside);
    let hollow = drawn(vec![shape.into()], Theme::Dark, 1.0);
    assert!(hollow.has(|shape| matches!(shape, Shape::Rect(_))));
}

#[test]
fn what_is_cut_stays_cut_and_the_rest_shares_a_draw_call() {
    let rects = [0.0, 50.0].map(|left| Rect::from_min_size(pos2(left, 10.0), vec2(50.0, 80.0)));
    let drawn_in = |shapes: [Shape; 2]| {
        let mut harness = Harness::builder()
            .with_size([SIDE, SIDE])
            .with_theme(Theme::Dark)
            .renderer(SoftRenderer::default())
            .build_ui(move |ui| {
                FewTriangles::install(ui.ctx());
                ui.painter().rect_filled(Rect::from_min_size(Pos2::ZERO, vec2(SIDE, SIDE)), 0.0, Color32::BLACK);
                for (rect, shape) in rects.into_iter().zip(shapes.clone()) {
                    ui.painter().with_clip_rect(rect).add(shape);
                }
            });
        let picture = harness.render().unwrap();
        let calls = harness.ctx.tessellate(harness.output().shapes.clone(), 1.0).len();
        (picture, calls)
    };
    let disc = |x: f32, radius: f32| Shape::circle_filled(pos2(x, 50.0), radius, WHITE);
    let (_, calls) = drawn_in([disc(25.0, 10.0), disc(75.0, 10.0)]);
    assert_eq!(calls, 1, "nothing is cut");
    let (picture, calls) = drawn_in([disc(50.0, 20.0), disc(80.0, 10.0)]);
    let white = |x| picture.get_pixel(x, 50).0[1];
    assert_eq!([white(35), white(49), white(50), white(65), white(80)], [255, 255, 0, 0, 255], "the first is cut");
    assert!(calls <= 3, "{calls}");
    let (picture, calls) = drawn_in([disc(20.0, 10.0), disc(50.0, 20.0)]);
    let white = |x| picture.get_pixel(x, 50).0[1];
    assert_eq!([white(20), white(35), white(49), white(50), white(65)], [255, 0, 0, 255, 255], "the second is cut");
    assert!(calls <= 3, "{calls}");
}
