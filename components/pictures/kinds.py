"""Which object a product's words stand for.

A `Kind` says how an object is drawn and staged. `VOCABULARY` lists the words for it: of all phrases
in a name the longest wins, then the one with the greater weight, then the last (English puts the
head noun there). Motifs such as "heart" weigh little: they name an object only when nothing else does.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Literal

from components.pictures import decor, garden, lighting, paper, playthings, storing, tableware, textiles
from components.pictures.canvas import Canvas
from components.pictures.paint import Paint

Stage = Literal["stand", "wall", "hang", "floor"]


@dataclass(frozen=True)
class Kind:
    """`width` and `height`: rough extent as drawn, shadow left out; `group`: may come in twos and threes."""

    draw: Callable[[Canvas, Paint], None]
    width: float
    height: float
    stage: Stage = "stand"
    group: bool = False
    patterned: bool = True


KINDS: dict[str, Kind] = {
    "mug": Kind(tableware.mug, 150, 125, group=True),
    "teacup": Kind(tableware.teacup, 190, 105, group=True),
    "bowl": Kind(tableware.bowl, 206, 110, group=True),
    "plate": Kind(tableware.plate, 200, 195),
    "vase": Kind(tableware.vase, 130, 265),
    "teapot": Kind(tableware.teapot, 250, 180),
    "kettle": Kind(tableware.kettle, 230, 190),
    "jug": Kind(tableware.jug, 150, 165),
    "jar": Kind(tableware.jar, 125, 150, group=True),
    "bottle": Kind(tableware.bottle, 92, 200, group=True, patterned=False),
    "glass": Kind(tableware.glass, 102, 122, group=True, patterned=False),
    "cakestand": Kind(tableware.cakestand, 200, 215, patterned=False),
    "tin": Kind(tableware.tin, 180, 150),
    "spicebox": Kind(tableware.spice_box, 240, 180),
    "pan": Kind(tableware.pan, 270, 80, patterned=False),
    "pot": Kind(tableware.pot, 220, 140),
    "mortar": Kind(tableware.mortar, 150, 200, patterned=False),
    "board": Kind(tableware.board, 190, 225, patterned=False),
    "spoon": Kind(tableware.spoon, 150, 240),
    "cutlery": Kind(tableware.cutlery, 150, 200),
    "bakecase": Kind(tableware.bakecase, 220, 140),
    "mould": Kind(tableware.mould, 180, 110, group=True, patterned=False),
    "grinder": Kind(tableware.grinder, 150, 175, patterned=False),
    "filtercoffee": Kind(tableware.filter_coffee, 210, 200, patterned=False),
    "lamp": Kind(lighting.lamp, 160, 200),
    "pendant": Kind(lighting.pendant, 200, 130, "hang"),
    "lantern": Kind(lighting.lantern, 150, 230, patterned=False),
    "starlantern": Kind(lighting.star_lantern, 220, 210, "hang"),
    "stringlights": Kind(lighting.string_lights, 400, 220, "wall", patterned=False),
    "candle": Kind(lighting.candle, 120, 160, patterned=False),
    "tealight": Kind(lighting.tealight, 125, 115, group=True),
    "hearttealight": Kind(lighting.heart_tealight, 220, 215, "hang", patterned=False),
    "candlestick": Kind(lighting.candlestick, 160, 220, patterned=False),
    "diya": Kind(lighting.diya, 220, 90),
    "incense": Kind(lighting.incense, 200, 200),
    "diffuser": Kind(lighting.diffuser, 140, 225, patterned=False),
    "mist": Kind(lighting.mist, 95, 160, patterned=False),
    "soap": Kind(lighting.soap, 160, 140, patterned=False),
    "cushion": Kind(textiles.cushion, 215, 200),
    "folded": Kind(textiles.folded, 200, 150),
    "towel": Kind(textiles.hanging_towel, 240, 215, "wall"),
    "rug": Kind(textiles.rug, 300, 155, "floor"),
    "doormat": Kind(textiles.doormat, 300, 115, "floor"),
    "apron": Kind(textiles.apron, 220, 260, "wall"),
    "glove": Kind(textiles.glove, 160, 180),
    "hotwater": Kind(textiles.hot_water_bottle, 160, 212),
    "tote": Kind(textiles.tote, 210, 225),
    "lunchbag": Kind(textiles.lunch_bag, 150, 240),
    "handbag": Kind(textiles.handbag, 205, 205),
    "purse": Kind(textiles.purse, 190, 125),
    "umbrella": Kind(textiles.umbrella, 235, 225),
    "ribbon": Kind(textiles.ribbon, 220, 120, patterned=False),
    "scarf": Kind(textiles.scarf, 190, 225, "wall"),
    "teacosy": Kind(textiles.tea_cosy, 195, 180),
    "notebook": Kind(paper.notebook, 190, 205),
    "book": Kind(paper.book, 200, 135, patterned=False),
    "pencils": Kind(paper.pencils, 120, 225),
    "pen": Kind(paper.pen, 170, 235, patterned=False),
    "card": Kind(paper.card, 210, 205),
    "envelope": Kind(paper.envelope, 215, 150, patterned=False),
    "tape": Kind(paper.tape, 205, 110),
    "calendar": Kind(paper.calendar, 200, 185),
    "giftwrap": Kind(paper.gift_wrap, 170, 230),
    "giftbox": Kind(paper.gift_box, 200, 215),
    "packet": Kind(paper.packet, 145, 212),
    "playingcards": Kind(paper.playing_cards, 220, 190),
    "paperchain": Kind(paper.paper_chain, 380, 220, "wall", patterned=False),
    "tag": Kind(paper.gift_tag, 180, 235, "wall"),
    "planter": Kind(garden.planter, 190, 240),
    "hangingplanter": Kind(garden.hanging_planter, 160, 240, "hang", patterned=False),
    "wateringcan": Kind(garden.watering_can, 250, 180),
    "tools": Kind(garden.tools, 180, 215, patterned=False),
    "seedkit": Kind(garden.seed_kit, 230, 180, patterned=False),
    "windchime": Kind(garden.wind_chime, 150, 200, "hang", patterned=False),
    "birdhouse": Kind(garden.birdhouse, 180, 205, patterned=False),
    "flower": Kind(garden.flower, 150, 250, patterned=False),
    "basket": Kind(storing.basket, 190, 140, patterned=False),
    "box": Kind(storing.box, 215, 155),
    "trinket": Kind(storing.trinket_box, 160, 130),
    "bin": Kind(storing.bin_, 240, 190),
    "lunchbox": Kind(storing.lunch_box, 190, 165),
    "hamper": Kind(storing.hamper, 160, 195),
    "tray": Kind(storing.tray, 220, 150),
    "hooks": Kind(storing.hooks, 265, 210, "wall"),
    "hook": Kind(storing.hook, 130, 220, "wall", patterned=False),
    "knob": Kind(storing.knob, 190, 200, "wall"),
    "drawers": Kind(storing.drawers, 200, 230),
    "shelf": Kind(storing.shelf, 260, 190, "wall", patterned=False),
    "coaster": Kind(storing.coaster, 205, 135),
    "tile": Kind(storing.tile, 185, 190),
    "wallclock": Kind(decor.wall_clock, 212, 212, "wall", patterned=False),
    "alarmclock": Kind(decor.alarm_clock, 170, 205, patterned=False),
    "mirror": Kind(decor.mirror, 170, 216, "wall", patterned=False),
    "frame": Kind(decor.frame, 170, 208, patterned=False),
    "sign": Kind(decor.sign, 242, 212, "wall", patterned=False),
    "chalkboard": Kind(decor.chalkboard, 195, 222, "wall", patterned=False),
    "heart": Kind(decor.heart, 205, 215, "hang"),
    "star": Kind(decor.star, 220, 210, "hang"),
    "bunting": Kind(decor.bunting, 420, 240, "wall"),
    "wreath": Kind(decor.wreath, 220, 220, "hang", patterned=False),
    "garland": Kind(decor.garland, 420, 220, "wall", patterned=False),
    "bauble": Kind(decor.bauble, 220, 220, "hang"),
    "tree": Kind(decor.christmas_tree, 180, 250),
    "bird": Kind(decor.bird, 215, 165),
    "butterfly": Kind(decor.butterfly, 230, 210, "wall"),
    "egg": Kind(decor.egg, 210, 135),
    "bell": Kind(decor.bell, 160, 190, "hang", patterned=False),
    "doorstop": Kind(decor.doorstop, 180, 205),
    "letter": Kind(decor.letter, 230, 115, patterned=False),
    "necklace": Kind(decor.necklace, 150, 200, patterned=False),
    "earrings": Kind(decor.earrings, 150, 190, patterned=False),
    "bracelet": Kind(decor.bracelet, 195, 125, patterned=False),
    "ring": Kind(decor.ring, 170, 180, patterned=False),
    "bear": Kind(playthings.bear, 170, 215, patterned=False),
    "elephant": Kind(playthings.elephant, 230, 185, patterned=False),
    "doll": Kind(playthings.doll, 160, 215),
    "babushka": Kind(playthings.babushka, 180, 205, patterned=False),
    "tops": Kind(playthings.tops, 230, 150, patterned=False),
    "blocks": Kind(playthings.blocks, 230, 185, patterned=False),
    "boardgame": Kind(playthings.board_game, 300, 140, "floor", patterned=False),
    "skittles": Kind(playthings.skittles, 210, 150, patterned=False),
    "jigsaw": Kind(playthings.jigsaw, 210, 175),
    "toadstool": Kind(playthings.toadstool, 185, 185, patterned=False),
    "scales": Kind(playthings.scales, 205, 190, patterned=False),
    "still": Kind(playthings.beads, 190, 170),
}

# Kind: phrases. A leading "~" marks a motif or material that only counts when nothing else does.
VOCABULARY: dict[str, str] = {
    "mug": "mug, coffee mug, beaker, tumbler mug, kulhad, egg cup, cup",
    "teacup": "teacup, tea cup, teacup and saucer, saucer, cup and saucer, cup saucer, tea set, breakfast set",
    "bowl": "bowl, basin, dish, pasta bowl, serving bowl, katori, ramekin, trinket dish, pudding bowl, colander, soap dish",
    "plate": "plate, dinner plate, side plate, platter, thali, ~doily, saucer plate, tea plate, paper plate, cake plate",
    "vase": "vase, bud vase, urn, flower vase, posy vase",
    "teapot": "teapot, tea pot, tea for one, samovar",
    "kettle": "kettle",
    "jug": "jug, pitcher, creamer, milk jug, carafe, decanter",
    "jar": "jar, cookie jar, storage jar, glass jar, canister, pickle, honey, jam making set, jam jar, preserve, chutney, marmalade, biscuit jar",
    "bottle": "bottle, flask, water bottle, copper water bottle, thermos, bath oil, oil, soap dispenser, shampoo, cruet, squash",
    "glass": "tumbler, ~glass, tea glass, bendy straw, ~straw, goblet, wine glass, cocktail glass, glass cup, champagne, shot glass, drinking glass",
    "cakestand": "cakestand, cake stand, cake stand 3 tier, tier",
    "tin": "tin, lip gloss, cake tin, storage tin, tea tin, spice tin, caddy, biscuit tin, plaster in tin, plaster, pill box, tin bucket, money tin, "
    "money bank, piggy bank, knick knack tin",
    "spicebox": "dabba, masala dabba, spice box, masala box",
    "pan": "pan, tawa, dosa tawa, skillet, kadai, kadhai, wok, frying pan, griddle, saucepan",
    "pot": "pot, serving pot, handi, casserole, dutch oven, cooker, clay pot, uruli, stock pot, tureen",
    "mortar": "mortar, pestle, mortar and pestle",
    "board": "chopping board, cutting board, cheese board, bread board, serving board, pastry board",
    "spoon": "spoon, ladle, spatula, measuring spoon, utensil, whisk, rolling pin, wooden spoon, spurtle, kitchen tool",
    "cutlery": "cutlery, scissor, corer, squeezer, fork, knife, cutlery set, teaspoon, cake server, cheese knife",
    "bakecase": "cake case, baking case, cupcake, muffin, fairy cake, baking set, popcorn holder, popcorn, cake topper, ~cake, biscuit, cookie",
    "mould": "jelly mould, mould, cookie cutter, cutter, baking mould, idli",
    "grinder": "grinder, mill, pepper mill, salt, shaker, salt and pepper, pepper, salt shaker, cruet set, pepper pot",
    "filtercoffee": "filter coffee, coffee set, filter coffee set, davara, french press, moka, coffee maker, coffee filter, dripper",
    "lamp": "lamp, table lamp, bedside lamp, desk lamp, lampshade, lamp shade, floor lamp, ~light",
    "pendant": "pendant shade, pendant light, pendant lamp, ceiling lamp, chandelier, hanging lamp, shade",
    "lantern": "lantern, hurricane, glass lantern, moroccan lantern",
    "starlantern": "star lantern, paper star, paper star lantern, origami, paper lantern, honeycomb, paper ball",
    "stringlights": "string light, fairy light, copper string light, chilli light, led light, light garland, party light, light string",
    "candle": "candle, soy candle, pillar candle, scented candle, tealight candle, votive, candle plate",
    "tealight": "t light, tealight, tea light, t light holder, tealight holder, votive holder, t light glass, candle holder, candleholder, "
    "glass t light, t light hldr, candle pot, candle lamp",
    "hearttealight": "heart t light holder, hanging heart t light holder, heart jar t light holder, heart zinc t light holder, "
    "hanging heart candleholder, candleholder pink hanging heart, heart tealight",
    "candlestick": "candlestick, candle stick, candelabra, dinner candle, taper",
    "diya": "diya, oil lamp, deepam, kuthuvilakku, urli",
    "incense": "incense, incense stick, agarbatti, dhoop, incense holder, cone, joss stick, incense burner, smudge",
    "diffuser": "diffuser, reed diffuser, oil burner, reed",
    "mist": "mist, room mist, spray, room spray, perfume, attar, cologne, linen spray",
    "soap": "soap, sponge, bath sponge, bath soap, soap bar, bath bomb, bath salt, bath cube",
    "cushion": "cushion, cushion cover, pillow, bolster, pouffe, floor cushion, hand warmer, pin cushion, eye mask, pad, kneeling pad, "
    "beanbag, bean bag, cushion pad, knitted cushion, sham",
    "folded": "throw, hammock, blanket, quilt, bath towel, napkin, tablecloth, table runner, runner, sheet, bedsheet, duvet, bedspread, shawl, stole, "
    "saree, sari, dupatta, fabric, placemat, table mat, curtain, knitting, towel set, hand towel, paper napkin, picnic blanket, sock, "
    "tea towel set, dohar, durrie, cloth, sleeping bag, flannel, handkerchief, swaddle, washcloth, bath mat, face towel, t shirt, felt",
    "towel": "tea towel, towel, kitchen towel, dish towel, beach towel, wall hanging, tapestry, dishcloth, wall art, poster, flag, banner",
    "rug": "rug, dhurrie, dhurrie rug, carpet, kilim, mat, yoga mat, picnic rug, floor mat, chatai",
    "doormat": "doormat, door mat, coir mat, welcome mat",
    "apron": "apron, poncho, rain mac, bib, pinafore, dress, overall, tabard",
    "glove": "glove, oven glove, oven mitt, mitt, mitten, gardening glove, pot holder, hand puppet",
    "hotwater": "hot water bottle, water bottle cover, hottie",
    "tote": "bag, tote, jumbo bag, shopper, tote bag, shopper bag, storage bag, laundry bag, beach bag, shoulder bag, shopping bag, picnic bag, "
    "recycling bag, peg bag, charlotte bag, cotton bag, backpack, rucksack, toy tidy, gift bag, jumbo shopper, sack, nappy bag",
    "lunchbag": "lunch bag, cool bag, tiffin bag, paper bag, party bag",
    "handbag": "handbag, hand bag, clutch, satchel, sling, evening bag, wash bag, washbag, sponge bag, vanity bag, suitcase, weekend bag",
    "purse": "purse, shower cap, sunglasses, wallet, coin purse, card wallet, card holder, pouch, cosmetic bag, passport cover, ticket holder, travel card wallet, "
    "glasses case, spectacle case, makeup bag, make up bag, zip pouch, key case, luggage tag",
    "umbrella": "umbrella, parasol, cocktail parasol, fan, silk fan, hand fan, paper fan",
    "ribbon": "ribbon, twine, thread, yarn, wool, string, rope, lace, sewing kit, ribbon reel, ribbon charm, cord, reel",
    "scarf": "scarf, muffler",
    "teacosy": "tea cosy, cosy, egg cosy, hat, beanie",
    "notebook": "notebook, journal, diary, sketchbook, travel journal, planner, notepad, note book, memo pad, photo album, address book, "
    "album, organiser, shopping list, jotter, passport, writing set, letter set, sketch book, ledger",
    "book": "book, cookbook, novel, recipe book, books, doorstop book, magazine",
    "pencils": "pencil, ruler, colour pencil, pencil set, pencil pot, crayon, chalk, marker, brush, paint brush, pencil case, highlighter, paint set, "
    "pencil tin, sharpener, magic garden, eraser, rubber, painting set, desk tidy",
    "pen": "pen, fountain pen, ballpoint, ink pen, ink, calligraphy",
    "card": "card, greeting card, birthday card, postcard, art print, print, greeting, stencil, wildflower greeting card, gift card, card set, "
    "place card, invitation, folding card",
    "envelope": "envelope, letter paper, writing paper, stationery set, lokta paper, paper, paper set, tissue paper",
    "tape": "tape, washi tape, sticky tape, masking tape, sticker, stickers, measuring tape, tape measure, stamp, rubber stamp, ink pad",
    "calendar": "calendar, advent calendar, desk calendar, clipboard",
    "giftwrap": "gift wrap, wrap, wrapping paper, wallpaper, gift paper, pack tube, ~tube",
    "giftbox": "gift box, gift set, ~gift, hamper gift, present, gift boxes, cracker, ~surprise",
    "packet": "tea, coffee, coffee bean, chai, chai blend, first flush tea, blend, seed, pack, tissue, pack tissue, spice, masala, rice, sugar, "
    "flour, chocolate, sweets, seed packet, granola, pocket tissue, popcorn seed, napkins pack, refill, snack, potpourri, pot pourri, sachet",
    "playingcards": "playing card, card game, snap card, cards game, happy family, tarot, old maid, flash card, memory game, domino",
    "paperchain": "paper chain, paper chain kit, streamer, decorations kit",
    "tag": "gift tag, tag, label, bookmark, key ring, keyring, key fob, keychain, bag charm, phone charm, magnet, fridge magnet, air freshener",
    "planter": "planter, plant pot, flower pot, pot plant, succulent, cactus, plant, herb, bonsai, herb marker, flowerpot, ~tree, terrarium, "
    "cachepot, garden pot, bucket, topiary",
    "hangingplanter": "hanging planter, macrame planter, macrame, plant hanger, hanging basket, hanging macrame planter, hanging pot",
    "wateringcan": "watering can, can, mister",
    "tools": "trowel, rake, fork set, garden fork, spade, pruner, secateur, tool, tool set, garden tool, gardening set, gardening tool, shears, dibber",
    "seedkit": "seed kit, herb seed kit, herb kit, grow kit, microgreen, window box, seed tray, seed tin",
    "windchime": "wind chime, windchime, chime, dreamcatcher, dream catcher, mobile, windmill, suncatcher",
    "birdhouse": "birdhouse, bird house, bird feeder, feeder, nest box, bird table, bird box, bee hotel, house, nesting box, cottage, insect house, "
    "thermometer, letter box, letterbox, post box, ~home, doll house, gingerbread house",
    "flower": "~flower, bouquet, ~rose, dried flower, silk flower, ~daisy, ~blossom, ~floral, artificial flower, posy, ~tulip, ~lavender, "
    "paper flower, ~lily, pick, wildflower",
    "basket": "basket, storage basket, laundry basket, picnic basket, wicker basket, bread basket, food cover, trug, ~wicker, ~rattan, ~seagrass",
    "box": "box, keepsake box, jewellery box, wood box, storage box, memory box, sewing box, recipe box, tissue box, trunk, money box, kit, craft, "
    "~set, tool box, first aid, tea chest, key box, music box, case, puncture, harmonica, chest",
    "trinket": "trinket box, trinket pot, trinket, sindoor box, pill pot, butter dish, sugar bowl, trinket tray, jewel pot, snack box, round box, "
    "compact mirror, storage pot, cotton wool pot",
    "bin": "bin, bread bin, crate, wood crate, waste bin, storage bin, flour bin, file box, magazine file, radio",
    "lunchbox": "lunch box, tiffin, tiffin box, bento, lunchbox, lunch set, picnic set, snack tin, tiffin carrier",
    "hamper": "hamper, laundry hamper, laundry bin, toy storage, storage cube, hat box, stool",
    "tray": "tray, serving tray, tea tray, drinks tray, breakfast tray, desk tray, trivet, pot stand, butler tray, worktop saver, place mat",
    "hooks": "hook rail, coat rack, rack, hook hanger, peg rail, coat hook, 4 hook, wall hook, 5 hook, 3 hook, hanger, clothes peg, peg, "
    "key rack, row of hook, washing line, jewellery stand, mug tree, plate rack, ~holder, towel rail, wine rack, toilet roll, clothes hanger",
    "hook": "hook, key hook, single hook, door hook, bracket, door knocker, door stop hook, handle, lock, padlock, key",
    "knob": "knob, drawer knob, door knob, drawer pull, cabinet knob, rosette, button, badge, brooch",
    "drawers": "drawer, cabinet, mini chest, 2 drawer cabinet, drawer cabinet, chest drawer, desk organiser, cupboard, side table, bedside table, "
    "bookcase, chair, bench, table, wardrobe, mini cabinet",
    "shelf": "shelf, wall shelf, shelves, ledge, floating shelf, corner shelf",
    "coaster": "coaster, coaster set, heat pad, drink mat, tealight plate, dominoes, worry stone",
    "tile": "tile, tile hook, ceramic tile, mosaic, wall tile, wall plaque tile",
    "wallclock": "clock, wall clock, watch, sundial, barometer, ~plaque clock, compass, timer",
    "alarmclock": "alarm clock, table clock, mantel clock, kitchen timer, bakelike",
    "mirror": "mirror, wall mirror, hand mirror, cosmetic mirror, vanity mirror",
    "frame": "frame, photo frame, picture frame, album frame, print frame, picture, canvas screen, painting, photo, artwork, photo clip, photo cube",
    "sign": "sign, metal sign, plaque, door sign, wall sign, name plate, noticeboard, hanging sign, letter rack, wall plaque, door plate",
    "chalkboard": "chalkboard, drawing slate, blackboard, memo board, black board, slate board, notice board, cork board, magnetic board, message board, board",
    "heart": "~heart, hanging heart, heart decoration, heart of wicker, wicker heart, zinc heart, felt heart, lavender heart, ~sweetheart, ~love",
    "star": "~star, hanging star, wooden star, star decoration, ~snowflake, ~angel, ~fairy, tree top",
    "bunting": "bunting, party bunting, pennant, ~party, flags",
    "wreath": "wreath, door wreath, ~christmas wreath, ~holly, ~mistletoe",
    "garland": "garland, pom pom, toran, bead garland, paper garland, bead curtain, curtain bead, heart string, door hanging, tassel, string curtain",
    "bauble": "bauble, balloon, ~ornament, ~decoration, hanging decoration, tree decoration, glass ball, ~christmas, disco ball, ~ball, ~hanging, ~drop",
    "tree": "christmas tree, wooden tree, tinsel tree, felt tree, tree decoration set, nativity, ~santa, ~snowman",
    "bird": "~bird, lovebird, bird ornament, ~hen, ~chick, ~owl, ~duck, ~peacock, ~parrot, ~cockerel, ~robin, ~dove, chicken, ~swallow",
    "butterfly": "~butterfly, butterfly decoration, ~dragonfly, ~ladybird, ~bee, ~moth",
    "egg": "~egg, easter egg, easter, egg decoration, hanging egg, painted egg",
    "bell": "bell, sleigh bell, jingle bell, door bell, cow bell, temple bell, ghungroo, dinner bell",
    "doorstop": "doorstop, door stop, draught excluder, paperweight, paper weight, bookend, book end",
    "letter": "letter, building block word, block word, alphabet block, wooden letter, ~alphabet, ~word, number tile, ~number, house number, ~london",
    "necklace": "necklace, pendant, chain, locket, choker, mala, bead, ~pearl, tiara, mangalsutra, lariat",
    "earrings": "earring, earrings, hoop, jhumka, drop earring, ear ring, hair clip, hair slide, hair grip, hair comb, hairband, hair tie, "
    "bobby pin, hair bobble, ~hair, ~charm",
    "bracelet": "bracelet, bangle, anklet, kada, wristwatch, cuff, friendship band, rakhi, ~jewelled, ~diamante",
    "ring": "ring, toe ring, cocktail ring, cufflink",
    "bear": "bear, teddy, teddy bear, soft toy, plush, ~rabbit, ~bunny, ~toy, ~cat, ~dog, ~mouse, ~mice, monkey, panda, knitted toy, ~animal, "
    "~reindeer, ~frog, ~pig, ~sheep, ~lamb, ~fox",
    "elephant": "elephant, pull toy, wooden elephant pull toy, pull along, toy train, train, car, truck, toy car, wooden animal, ~horse, "
    "rocking horse, ~dinosaur, camel, ~cow, ~zebra, ~giraffe, aeroplane, plane, glider, boat, auto rickshaw, toy",
    "doll": "doll, gnome, rag doll, puppet, dolly, ~girl, ~princess, ballerina, ~friend, fancy dress, ~spaceboy, robot, ~soldier",
    "babushka": "babushka, nesting doll, matryoshka, russian doll, ~nesting, ~buddha, figurine, statue, idol, ganesha",
    "tops": "spinning top, top, lattu, yo yo, yoyo, rattle, skipping rope, diabolo, kazoo, whistle, maraca, drum",
    "blocks": "block, building block, stacking toy, stacker, wooden block, abacus, ludo dice, dice, sorting toy, stacking ring, marble run, bricks",
    "boardgame": "board game, chess, chess set, pachisi, pachisi board, ludo, carrom, wooden pachisi board, snakes and ladders, game, draughts, "
    "backgammon, noughts crosses, solitaire, tic tac toe, bingo, croquet, naughts crosses, quoits",
    "skittles": "skittle, bowling, ninepin, bowling pins",
    "jigsaw": "jigsaw, puzzle, jigsaw puzzle, wooden puzzle",
    "toadstool": "night light, toadstool, mushroom, rabbit night light, toadstool led night light, ~lights, nightlight",
    "scales": "scale, kitchen scale, weighing scale, kitchen scales, balance",
    "still": "postage, carriage, manual, voucher, discount, sample",
}

# What a category shows when no word of the name says anything.
FALLBACKS: dict[str, tuple[str, ...]] = {
    "ceramics": ("vase", "bowl", "mug", "jug"),
    "kitchen": ("pot", "jar", "bowl", "spoon"),
    "tea & coffee": ("packet", "teacup", "tin"),
    "lighting": ("lamp", "pendant", "lantern"),
    "textiles": ("folded", "cushion", "towel"),
    "stationery": ("notebook", "card", "pencils", "envelope"),
    "garden": ("planter", "wateringcan", "tools"),
    "candles & fragrance": ("candle", "diffuser", "tealight"),
    "storage": ("box", "basket", "tin"),
    "toys & games": ("blocks", "tops", "skittles", "bear"),
    "bags": ("tote", "handbag", "purse"),
    "christmas": ("bauble", "tree", "wreath"),
    "decorations": ("vase", "star", "garland", "frame"),
    "jewellery": ("bracelet", "necklace", "earrings"),
    "gifts": ("giftbox", "trinket", "card"),
}
ANYTHING = ("giftbox", "still", "trinket", "box")
